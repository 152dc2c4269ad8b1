/** The labels of a node: texts, or objects with the label in them, as bk-sops writes those of a group. */

/** @param {{ labels?: any }} node @returns {any[]} */
export const labelsOf = ({ labels }) => (Array.isArray(labels) ? labels : []);

/** What people read of a label. @param {any} label @returns {string} */
export const labelOf = (label) => (label && typeof label === "object" ? String(label.label ?? label.name ?? JSON.stringify(label)) : String(label));
