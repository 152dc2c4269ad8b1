import type { DrawnFlow, JsonObject, Kind, Note, Origin, Side } from "../tree/types";

/** A point, in the canvas' measure. */
export type Point = { x: number; y: number };

/** What an element of the canvas stands for; only commands replace it, as a whole. */
export type NodeObject = { kind: Kind; node: JsonObject; place: JsonObject | null };
export type FlowObject = { kind: "Flow" } & Pick<DrawnFlow, "sides" | "flow" | "line" | "condition" | "fallback">;
export type NoteObject = { kind: "Note"; note: Omit<Note, "x" | "y" | "width" | "height"> };
export type RootObject = { kind: "Root"; rest: JsonObject; origin: Origin };

export interface FlowElement {
  id: string;
  source: NodeElement;
  target: NodeElement;
  waypoints: Point[];
  businessObject: FlowObject;
  parent?: any;
  [more: string]: any;
}
export interface NodeElement {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
  incoming: FlowElement[];
  outgoing: FlowElement[];
  businessObject: NodeObject;
  parent?: any;
  [more: string]: any;
}
export type Sides = { source: Side; target: Side };
