/** The panels of the strip, in the order of their tabs, and what stands beside the tabs. */
import { Code } from "./code/index.js";
import { Records } from "./history/records.js";
import { Tasks } from "./history/tasks.js";
import { PerspectiveSwitch } from "./perspective_switch.js";
import { Problems } from "./problems/index.js";
import { Search } from "./search/index.js";
import { Variables } from "./variables/index.js";

/** What people did is for those who see the project's audit. @param {{ may_audit?: boolean }} page @returns {Record<string, any>} */
export const tabsOf = (page) => ({ problems: Problems, variables: Variables, search: Search, code: Code, tasks: Tasks, ...(page.may_audit ? { records: Records } : {}) });
export const TOOLS = PerspectiveSwitch;
