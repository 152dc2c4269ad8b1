/** What hands can do on the canvas: one module of diagram-js each. */
import AlignElementsModule from "diagram-js/lib/features/align-elements/index.js";
import DistributeElementsModule from "diagram-js/lib/features/distribute-elements/index.js";
import HoverFixModule from "diagram-js/lib/features/hover-fix/index.js";
import KeepSelectionVisibleModule from "diagram-js/lib/features/keep-selection-visible/index.js";
import Keyboard from "diagram-js/lib/features/keyboard/Keyboard.js";
import SchedulerModule from "diagram-js/lib/features/scheduler/index.js";
import SpaceToolModule from "diagram-js/lib/features/space-tool/index.js";
import actions from "./actions/actions.js";
import ActionKeys from "./actions/keyboard.js";
import Adding from "./adding/adding.js";
import Choices from "./adding/choices.js";
import QuickAdd from "./adding/quick_add.js";
import AfterAdding from "./after_adding.js";
import Chooser from "./choosing/chooser.js";
import ConnectingByKey from "./connecting/by_key.js";
import Connecting from "./connecting/connecting.js";
import LinePreview from "./connecting/preview.js";
import ReconnectingModule from "./connecting/reconnecting.js";
import ClipboardEvents from "./copying/clipboard_events.js";
import Copying from "./copying/copying.js";
import DoubleClick from "./double_click.js";
import Dropping from "./dropping.js";
import Finding from "./finding/finding.js";
import Looking from "./finding/looking.js";
import Handles from "./handles/handles.js";
import Help from "./help.js";
import Hints from "./hints.js";
import History from "./history.js";
import AutoLayout from "./layout/auto_layout.js";
import Placing from "./layout/placing.js";
import Tidying from "./layout/tidying.js";
import Healing from "./lines/healing.js";
import Inserting from "./lines/inserting.js";
import MovingChips from "./lines/moving_chips.js";
import Mode from "./mode.js";
import MovingLayer from "./moving/moving_layer.js";
import PlainCursor from "./moving/plain_cursor.js";
import SnapLines from "./moving/snap_lines.js";
import UnderPointer from "./moving/under_pointer.js";
import NoteEditing from "./note_editing.js";
import ChangingKind from "./pad/changing_kind.js";
import ContextMenu from "./pad/context_menu.js";
import Pad from "./pad/pad.js";
import Resting from "./pad/resting.js";
import Palette from "./palette/palette.js";
import Picture from "./picture/picture.js";
import Pointer from "./pointer.js";
import Announcing from "./selecting/announcing.js";
import MovingByKeys from "./selecting/moving_by_keys.js";
import Selecting from "./selecting/selecting.js";
import Walking from "./selecting/walking.js";
import Insides from "./subprocess/insides.js";
import Grid from "./viewing/grid.js";
import MinimapModule from "./viewing/minimap.js";
import Panning from "./viewing/panning.js";
import View from "./viewing/view.js";
import SmoothZoom from "./viewing/zoom_scroll.js";

/** Keys reach the canvas, which is all that the list of actions needs of diagram-js' keyboard; selected things move by arrows. */
const KEYS = {
  __init__: ["keyboard", "keyboardMoveSelection", "actionKeys"],
  keyboard: ["type", Keyboard],
  keyboardMoveSelection: ["type", MovingByKeys],
  actions: ["factory", actions],
  actionKeys: ["type", ActionKeys],
};

const SEEING = {
  __init__: ["view", "grid", "panning", "mode", "announcing", "doubleClick", "hints", "insides", "movingLayer", "plainCursor", "pointer", "underPointer"],
  view: ["type", View],
  zoomScroll: ["type", SmoothZoom],
  grid: ["type", Grid],
  panning: ["type", Panning],
  movingLayer: ["type", MovingLayer],
  plainCursor: ["type", PlainCursor],
  snapping: ["type", SnapLines],
  underPointer: ["type", UnderPointer],
  pointer: ["type", Pointer],
  mode: ["type", Mode],
  walking: ["type", Walking],
  announcing: ["type", Announcing],
  selectionBehavior: ["type", Selecting],
  doubleClick: ["type", DoubleClick],
  hints: ["type", Hints],
  chooser: ["type", Chooser],
  looking: ["type", Looking],
  finding: ["type", Finding],
  insides: ["type", Insides],
  help: ["type", Help],
  picture: ["type", Picture],
};

const EDITING = {
  __depends__: [SchedulerModule],
  __init__: ["history", "healing", "inserting", "dropping", "movingChips", "connecting", "handles", "contextPad", "resting", "contextMenu", "palette", "clipboardEvents", "afterAdding", "noteEditing"],
  history: ["type", History],
  choices: ["type", Choices],
  adding: ["type", Adding],
  afterAdding: ["type", AfterAdding],
  quickAdd: ["type", QuickAdd],
  healing: ["type", Healing],
  inserting: ["type", Inserting],
  dropping: ["type", Dropping],
  movingChips: ["type", MovingChips],
  connecting: ["type", Connecting],
  connectingByKey: ["type", ConnectingByKey],
  connectionPreview: ["type", LinePreview],
  changingKind: ["type", ChangingKind],
  handles: ["type", Handles],
  contextPad: ["type", Pad],
  resting: ["type", Resting],
  contextMenu: ["type", ContextMenu],
  palette: ["type", Palette],
  copying: ["type", Copying],
  clipboardEvents: ["type", ClipboardEvents],
  noteEditing: ["type", NoteEditing],
  autoLayout: ["type", AutoLayout],
  placing: ["type", Placing],
  tidying: ["type", Tidying],
};

/** @type {any[]} */
export const GESTURES = [
  AlignElementsModule, DistributeElementsModule, HoverFixModule, KeepSelectionVisibleModule, SpaceToolModule, ReconnectingModule, MinimapModule,
  KEYS, SEEING, EDITING,
];
