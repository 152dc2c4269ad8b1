/**
 * The flow as a picture: SVG that needs no style sheet, or PNG. It is light, as documents are, whatever the page is;
 * `{ theme: "current" }` asks for it as it is seen.
 */
const MARGIN = 24, SHARPNESS = 2, MOST_PIXELS = 8000;
/** The styles that a shape or text is drawn by. */
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-style", "font-weight", "text-anchor", "paint-order", "marker-end"];
/** What is there for the mouse only. */
const MARKED = ".selected, .hover", NOT_DRAWN = ".djs-hit, .djs-outline, .opener, title";

export default class Picture {
  /** @param {any} canvas */
  constructor(canvas) {
    this.canvas = canvas;
  }

  /**
   * @param {{ theme?: "light" | "current" }} [options]
   * @returns {string}
   */
  svg({ theme = "light" } = {}) {
    const root = document.documentElement, before = root.getAttribute("data-bs-theme");
    const marked = [...this.canvas.getActiveLayer().querySelectorAll(MARKED)].map((part) => ({ part, classes: part.getAttribute("class") ?? "" }));
    for (const { part } of marked) part.classList.remove("selected", "hover");
    if (theme === "light") root.setAttribute("data-bs-theme", "light");
    try {
      return new XMLSerializer().serializeToString(this.#drawn());
    } finally {
      for (const { part, classes } of marked) part.setAttribute("class", classes);
      if (before !== null) root.setAttribute("data-bs-theme", before);
    }
  }

  /**
   * @param {{ theme?: "light" | "current" }} [options]
   * @returns {Promise<Blob>}
   */
  async png(options) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(this.svg(options))}`;
    await image.decode();
    const scale = Math.min(SHARPNESS, MOST_PIXELS / Math.max(image.width, image.height));
    const paper = Object.assign(document.createElement("canvas"), { width: Math.ceil(image.width * scale), height: Math.ceil(image.height * scale) });
    paper.getContext("2d")?.drawImage(image, 0, 0, paper.width, paper.height);
    return new Promise((done, fail) => paper.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture is too large"))), "image/png"));
  }

  #drawn() {
    this.canvas.drawAll();
    const layer = this.canvas.getActiveLayer(), { inner } = this.canvas.viewbox();
    const width = Math.ceil(inner.width) + 2 * MARGIN, height = Math.ceil(inner.height) + 2 * MARGIN, x = Math.floor(inner.x) - MARGIN, y = Math.floor(inner.y) - MARGIN;
    const svg = element("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `${x} ${y} ${width} ${height}` });
    for (const defs of this.canvas.getContainer().querySelectorAll("svg > defs")) svg.append(styled(defs));
    svg.append(element("rect", { x, y, width, height, fill: getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim() || "#ffffff" }), styled(layer));
    return svg;
  }
}
Picture.$inject = ["canvas"];

/** A copy that carries the styles of its original. @param {Element} original */
function styled(original) {
  const copy = /** @type {Element} */ (original.cloneNode(true));
  const to = copy.querySelectorAll("*"), from = original.querySelectorAll("*");
  const inherited = new Map();
  from.forEach((element, i) => carry(element, to[i], inherited));
  for (const part of copy.querySelectorAll(NOT_DRAWN)) part.remove();
  for (const part of [copy, ...copy.querySelectorAll("[class]")]) part.removeAttribute("class");
  return copy;
}

/** @param {Element} from @param {Element} to @param {Map<Element, Record<string, string>>} known */
function carry(from, to, known) {
  const computed = getComputedStyle(from), parent = known.get(/** @type {Element} */ (from.parentElement)) ?? {};
  const own = Object.fromEntries(STYLES.map((name) => [name, computed.getPropertyValue(name)]));
  known.set(from, own);
  to.removeAttribute("style");
  if (computed.display === "none" || computed.visibility === "hidden") to.setAttribute("display", "none");
  for (const name of STYLES) if (own[name] !== parent[name] || name === "opacity") to.setAttribute(name, own[name]);
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) if (key !== "xmlns") made.setAttribute(key, String(value));
  return made;
}
