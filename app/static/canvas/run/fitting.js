/** Show the whole flow with some room around, no larger than it is. @param {any} canvas diagram-js' */
export function fit(canvas) {
  canvas.zoom("fit-viewport", "auto");
  canvas.zoom(Math.min(1, canvas.zoom() * 0.94), "auto");
}
