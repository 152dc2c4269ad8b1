/** What every page needs: partial updates, the theme that the reader's system asks for, the rail, the keys and their layers, forms. */
import "htmx.org";
import { keepTheme } from "../canvas/theme.js";
import { keepKeys } from "./keys.js";
import { keepLayers } from "./layers.js";
import { keepLists } from "./lists.js";
import { keepRail, remember } from "./rail.js";
import { keepSent } from "./sent_forms.js";

const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
keepTheme(root, dark);
const rememberTheme = () => remember("theme", dark.matches ? "dark" : "light");
dark.addEventListener("change", rememberTheme);
rememberTheme();
keepLayers();
keepKeys(keepRail());
keepLists();
keepSent();
