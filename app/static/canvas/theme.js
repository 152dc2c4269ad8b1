/**
 * Follows the system's light or dark theme.
 * @param {HTMLElement} root the element that carries the theme
 * @param {MediaQueryList} dark matches while the system is dark
 */
export function keepTheme(root, dark) {
  const set = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", set);
  set();
}
