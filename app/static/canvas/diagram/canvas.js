/**
 * The canvas: `Viewer` shows a flow, `Editor` edits it. Both are diagram-js with our modules; what an editor can do is
 * the list of its modules, one file or folder each.
 *
 * @import { Tree } from "../tree/types.js"
 */
import Diagram from "diagram-js/lib/Diagram.js";
import ChangeSupportModule from "diagram-js/lib/features/change-support/index.js";
import ConnectModule from "diagram-js/lib/features/connect/index.js";
import CreateModule from "diagram-js/lib/features/create/index.js";
import ConnectionPreviewModule from "diagram-js/lib/features/connection-preview/index.js";
import GridSnappingModule from "diagram-js/lib/features/grid-snapping/index.js";
import HandToolModule from "diagram-js/lib/features/hand-tool/index.js";
import LassoToolModule from "diagram-js/lib/features/lasso-tool/index.js";
import ModelingModule from "diagram-js/lib/features/modeling/index.js";
import MoveModule from "diagram-js/lib/features/move/index.js";
import Outline from "diagram-js/lib/features/outline/Outline.js";
import OverlaysModule from "diagram-js/lib/features/overlays/index.js";
import ResizeModule from "diagram-js/lib/features/resize/index.js";
import RulesModule from "diagram-js/lib/features/rules/index.js";
import SelectionModule from "diagram-js/lib/features/selection/index.js";
import SnappingModule from "diagram-js/lib/features/snapping/index.js";
import MoveCanvasModule from "diagram-js/lib/navigation/movecanvas/index.js";
import ZoomScrollModule from "diagram-js/lib/navigation/zoomscroll/index.js";
import Catalogue from "./catalogue.js";
import DraggedLines from "./dragged_lines.js";
import Elements from "./elements.js";
import FlowBehavior from "./flow_behavior.js";
import Graphics from "./graphics.js";
import NoteBehavior from "./note_behavior.js";
import Labels from "./labels.js";
import Layouter from "./layouter.js";
import PlainStyles from "./plain_styles.js";
import QuietCanvas from "./quiet_canvas.js";
import Registry from "./registry.js";
import Renderer from "./renderer.js";
import Rerouting from "./rerouting.js";
import TreeRules from "./rules.js";
import Steps from "./steps.js";
import TreeStore from "./tree_store.js";
import TreeModeling from "./updating.js";
import WholeCommands from "./whole_commands.js";

/** What every canvas has. */
const SHOWING = [
  {
    __init__: ["outline", "renderer", "treeStore"],
    canvas: ["type", QuietCanvas],
    catalogue: ["type", Catalogue],
    elementFactory: ["type", Elements],
    elementRegistry: ["type", Registry],
    graphicsFactory: ["type", Graphics],
    labels: ["type", Labels],
    layouter: ["type", Layouter],
    outline: ["type", Outline],
    renderer: ["type", Renderer],
    styles: ["type", PlainStyles],
    treeStore: ["type", TreeStore],
  },
  // Labels are drawn once all that is near them stands, by telling that their elements have changed.
  ChangeSupportModule, SelectionModule, OverlaysModule, MoveCanvasModule, ZoomScrollModule,
];

/** What an editor has besides. */
const EDITING = [
  ModelingModule, RulesModule, MoveModule, CreateModule, ConnectModule, ConnectionPreviewModule, ResizeModule,
  SnappingModule, GridSnappingModule, LassoToolModule, HandToolModule,
  {
    __init__: ["draggedLines", "flowBehavior", "noteBehavior", "rerouting", "steps", "treeRules"],
    commandStack: ["type", WholeCommands],
    elementFactory: ["type", Elements],
    layouter: ["type", Layouter],
    modeling: ["type", TreeModeling],
    // diagram-js' frame around all that is selected measures everything again for each thing that moved.
    multiSelectionOutline: ["value", null],
    draggedLines: ["type", DraggedLines],
    flowBehavior: ["type", FlowBehavior],
    noteBehavior: ["type", NoteBehavior],
    rerouting: ["type", Rerouting],
    steps: ["type", Steps],
    treeRules: ["type", TreeRules],
  },
];

export class Viewer extends Diagram {
  /**
   * @param {HTMLElement} container
   * @param {{ catalogue?: any, modules?: any[], label?: string }} [options] label: what the picture is called where it is not seen
   */
  constructor(container, { catalogue, modules = [], label } = {}) {
    super(/** @type {any} */ ({ canvas: { container, deferUpdate: false }, catalogue, modules: [...SHOWING, ...modules] }));
    if (!label) return;
    const svg = container.querySelector("svg");
    svg?.setAttribute("role", "group");
    svg?.setAttribute("aria-label", label);
  }

  /** @param {Tree} tree */
  open(tree) {
    /** @type {any} */ (this.get("treeStore")).open(tree);
  }
}

export class Editor extends Viewer {
  /**
   * @param {HTMLElement} container
   * @param {{ catalogue?: any, modules?: any[] }} [options]
   */
  constructor(container, { modules = [], ...options } = {}) {
    super(container, { ...options, modules: [...EDITING, ...modules] });
  }
}
