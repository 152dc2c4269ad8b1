// Evaluated in a page with a canvas: returns what is drawn there as an SVG that needs no style sheet.
() => {
  const SVG = "http://www.w3.org/2000/svg", PAD = 20;
  const SHAPE = ["d", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "points", "transform", "id", "viewBox", "refX", "refY", "markerWidth", "markerHeight", "orient"];
  const PLAIN = {
    fill: "rgb(0, 0, 0)", stroke: "none", "stroke-width": "1px", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter",
    "font-size": "", "font-weight": "400", "text-anchor": "start", "paint-order": "normal",
  };
  const drawing = document.querySelector(".djs-container svg"), viewport = drawing.querySelector(".viewport");

  /** The colour as six digits, which is shorter. */
  const short = (value) => value.replace(/rgb\((\d+), (\d+), (\d+)\)/g, (_, ...rgb) => "#" + rgb.slice(0, 3).map((n) => Number(n).toString(16).padStart(2, "0")).join("")).replace(/px/g, "");

  function copy(node) {
    const style = getComputedStyle(node), tag = node.tagName, isGroup = ["g", "marker", "defs"].includes(tag);
    if (style.display === "none" || ["title", "style"].includes(tag) || node.matches(".djs-hit, .djs-outline")) return null;
    const made = document.createElementNS(SVG, tag);
    for (const name of SHAPE) if (node.hasAttribute(name) && node !== viewport) made.setAttribute(name, node.getAttribute(name));
    for (const [name, plain] of Object.entries(isGroup ? {} : PLAIN)) {
      const value = style.getPropertyValue(name);
      const isOfOthers = (name.startsWith("stroke-") && style.stroke === "none") || (/font|text/.test(name) && tag !== "text" && tag !== "tspan");
      if (value !== plain && !isOfOthers) made.setAttribute(name, short(value));
    }
    if (style.opacity !== "1") made.setAttribute("opacity", style.opacity);
    if (style.markerEnd !== "none" && !isGroup) made.setAttribute("marker-end", style.markerEnd.replace(/^url\("?[^#]*#([^")]+)"?\)$/, "url(#$1)"));
    for (const child of node.childNodes) {
      const kid = child.nodeType === Node.TEXT_NODE ? child.data.trim() : child.nodeType === Node.ELEMENT_NODE && copy(child);
      if (kid) made.append(kid);
    }
    const isNothing = (isGroup && !made.childNodes.length) || (!isGroup && made.getAttribute("fill") === "none" && style.stroke === "none");
    return isNothing ? null : isGroup && !made.attributes.length && made.childNodes.length === 1 ? made.firstChild : made;
  }

  const box = viewport.getBBox(), out = document.createElementNS(SVG, "svg"), ground = document.createElementNS(SVG, "rect");
  const place = { x: box.x - PAD, y: box.y - PAD, width: box.width + 2 * PAD, height: box.height + 2 * PAD };
  out.setAttribute("viewBox", Object.values(place).map(Math.round).join(" "));
  out.setAttribute("font-family", "system-ui, sans-serif");
  for (const [name, value] of Object.entries({ ...place, rx: 14, fill: "#f8fafc" })) ground.setAttribute(name, String(value));
  const tips = [...drawing.querySelectorAll("defs")].filter((defs) => !viewport.contains(defs)).map(copy).filter(Boolean);
  out.append(ground, ...tips, copy(viewport));
  return new XMLSerializer().serializeToString(out);
}
