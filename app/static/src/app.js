/** What every page needs: partial updates, and the theme that the reader's system asks for. */
import "htmx.org";
import { keepTheme } from "../canvas/theme.js";

keepTheme(document.documentElement, window.matchMedia("(prefers-color-scheme: dark)"));
