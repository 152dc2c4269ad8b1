/** What hands can do on the canvas: one module of diagram-js each. */

/** @type {any[]} */
export const GESTURES = [];
