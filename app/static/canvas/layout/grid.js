/** The grid that the middles of nodes lie on. */
export const GRID = 10;

/** @param {number} value */
export const onGrid = (value) => Math.round(value / GRID) * GRID;
