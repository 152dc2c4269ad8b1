/** The tree as bk-sops and our server write it. Unknown keys are kept wherever they stand. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: any };
export type Side = "Top" | "Right" | "Bottom" | "Left";

export type Kind =
  | "EmptyStartEvent"
  | "EmptyEndEvent"
  | "ServiceActivity"
  | "SubProcess"
  | "ExclusiveGateway"
  | "ParallelGateway"
  | "ConditionalParallelGateway"
  | "ConvergeGateway";

export interface Constant extends JsonObject {
  key: string;
  name?: string;
  index?: number;
  desc?: string;
  source_type?: "component_inputs" | "component_outputs" | "custom" | "system" | "project";
  custom_type?: string;
  source_tag?: string;
  source_info?: { [nodeId: string]: string[] };
  show_type?: "show" | "hide";
  value?: any;
  validation?: string;
}

export interface Tree extends JsonObject {
  start_event: JsonObject;
  end_event: JsonObject;
  activities: { [id: string]: JsonObject };
  gateways: { [id: string]: JsonObject };
  flows: { [id: string]: JsonObject };
  constants: { [key: string]: Constant };
  outputs: string[];
  line?: JsonObject[];
  location?: JsonObject[];
  notes?: Note[];
}

/** A remark on the canvas; it is no part of the flow. */
export interface Note {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  text: string;
}

/** A node as it is drawn; x and y are of the canvas. `node` is its JSON without lines; `place` its entry in `location`. */
export interface DrawnNode {
  id: string;
  kind: Kind;
  x: number;
  y: number;
  node: JsonObject;
  place: JsonObject | null;
}

/** A line as it is drawn. `condition` is what its gateway decides by; `fallback` is there when it is the default line. */
export interface DrawnFlow {
  id: string;
  source: string;
  target: string;
  sides: { source: Side; target: Side };
  flow: JsonObject;
  line: JsonObject | null;
  condition: JsonObject | null;
  fallback: JsonObject | null;
}

/** What stood in which order, so that what is written back differs by nothing but what was edited. */
export interface Origin {
  nodes: string[];
  flows: string[];
  line: string[] | null;
  location: string[] | null;
  ends: { [nodeId: string]: { incoming: any; outgoing: any; conditions: string[] | null } };
  places: { [nodeId: string]: { x: number; y: number } };
  had_notes: boolean;
}

/** What the canvas shows and edits. `rest` is everything of the tree that is no node, line or note. */
export interface Drawing {
  nodes: DrawnNode[];
  flows: DrawnFlow[];
  notes: Note[];
  rest: JsonObject;
  origin: Origin;
}
