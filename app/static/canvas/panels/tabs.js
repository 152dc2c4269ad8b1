/** The panels of the strip, in the order of their tabs, and what stands beside the tabs. */
import { Code } from "./code/index.js";
import { PerspectiveSwitch } from "./perspective_switch.js";
import { Problems } from "./problems/index.js";
import { Search } from "./search/index.js";
import { Variables } from "./variables/index.js";

export const TABS = { problems: Problems, variables: Variables, search: Search, code: Code };
export const TOOLS = PerspectiveSwitch;
