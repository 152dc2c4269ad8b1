/** What was typed into a form that was refused stands in it again: the page that comes back is made anew. */

const KEPT = "sluice.sent";
/** A form that holds a secret is kept nowhere. */
const SECRET = "input[type=password], input[type=file]";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Typed */

export function keepSent() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!event.defaultPrevented && form instanceof HTMLFormElement && isKept(form)) sessionStorage.setItem(KEPT, JSON.stringify([signOf(form), typedIn(form).map(stateOf)]));
  });
  const sent = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (sent && document.querySelector(".alert-danger")) restore(JSON.parse(sent));
}

/** @param {HTMLFormElement} form */
const isKept = (form) => form.method === "post" && !form.querySelector(SECRET);

/** Where a form leads, and what it is about. @param {HTMLFormElement} form */
function signOf(form) {
  const hidden = [...form.querySelectorAll("input[type=hidden]")].filter((one) => one instanceof HTMLInputElement && one.name !== "csrf");
  return [form.action, ...hidden.map((one) => `${/** @type {HTMLInputElement} */ (one).name}=${/** @type {HTMLInputElement} */ (one).value}`)].join("\n");
}

/** @param {HTMLFormElement} form @returns {Typed[]} */
function typedIn(form) {
  return /** @type {Typed[]} */ ([...form.elements].filter((one) => one.matches("input:not([type=hidden], [type=submit]), textarea, select")));
}

/** @param {Typed} field @returns {[string, any]} */
function stateOf(field) {
  if (field instanceof HTMLSelectElement) return [field.name, [...field.options].map((one) => one.selected)];
  return [field.name, field.type === "checkbox" || field.type === "radio" ? /** @type {HTMLInputElement} */ (field).checked : field.value];
}

/** @param {[string, [string, any][]]} sent */
function restore([sign, states]) {
  const form = [...document.forms].find((one) => isKept(one) && signOf(one) === sign);
  if (!form) return;
  typedIn(form).forEach((field, i) => {
    const [name, state] = states[i] ?? [];
    if (name !== field.name) return;
    if (field instanceof HTMLSelectElement) [...field.options].forEach((one, at) => (one.selected = Boolean(state[at])));
    else if (typeof state === "boolean") /** @type {HTMLInputElement} */ (field).checked = state;
    else field.value = state;
  });
  form.closest("details")?.setAttribute("open", "");
}
