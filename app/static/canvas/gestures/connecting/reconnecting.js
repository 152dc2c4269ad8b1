/** The services that move an end of a line to another node. diagram-js' own handles for bends are left out: lines bend by themselves. */
import BendpointMove from "diagram-js/lib/features/bendpoints/BendpointMove.js";
import BendpointMovePreview from "diagram-js/lib/features/bendpoints/BendpointMovePreview.js";
import DraggingModule from "diagram-js/lib/features/dragging/index.js";
import RulesModule from "diagram-js/lib/features/rules/index.js";

export default {
  __depends__: [DraggingModule, RulesModule],
  __init__: ["bendpointMovePreview"],
  bendpointMove: ["type", BendpointMove],
  bendpointMovePreview: ["type", BendpointMovePreview],
};
