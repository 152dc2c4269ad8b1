/** What the panels need of the canvas: one list of modules of diagram-js, which the editor takes in whole. */
import Perspective from "../diagram/perspective.js";
import ProblemMarks from "../diagram/problem_marks.js";
import CodeText from "./code/text.js";
import NodeTimes from "./history/node_times.js";
import TimesTip from "./history/times_tip.js";
import Panels from "./panels.js";
import Problems from "./problems/service.js";
import VariablesBehavior from "./variables/behavior.js";

export const PANEL_MODULES = [
  {
    __init__: ["problemMarks", "perspective", "variablesBehavior", "timesTip"],
    panels: ["type", Panels],
    problems: ["type", Problems],
    codeText: ["type", CodeText],
    problemMarks: ["type", ProblemMarks],
    perspective: ["type", Perspective],
    nodeTimes: ["type", NodeTimes],
    timesTip: ["type", TimesTip],
    variablesBehavior: ["type", VariablesBehavior],
  },
];
