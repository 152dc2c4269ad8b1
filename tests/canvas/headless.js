/** An editor without a browser: the real commands, rules and behaviours over a canvas that draws nothing. */
import EventBus from "diagram-js/lib/core/EventBus.js";
import CommandModule from "diagram-js/lib/command/index.js";
import RulesModule from "diagram-js/lib/features/rules/index.js";
import { Injector } from "didi";
import Catalogue from "../../app/static/canvas/diagram/catalogue.js";
import Elements from "../../app/static/canvas/diagram/elements.js";
import FlowBehavior from "../../app/static/canvas/diagram/flow_behavior.js";
import Layouter from "../../app/static/canvas/diagram/layouter.js";
import TreeRules from "../../app/static/canvas/diagram/rules.js";
import Steps from "../../app/static/canvas/diagram/steps.js";
import TreeStore from "../../app/static/canvas/diagram/tree_store.js";
import TreeModeling from "../../app/static/canvas/diagram/updating.js";
import WholeCommands from "../../app/static/canvas/diagram/whole_commands.js";

class Registry {
  constructor() {
    /** @type {Map<string, any>} */
    this.elements = new Map();
  }

  get(id) {
    return this.elements.get(typeof id === "string" ? id : id?.id);
  }

  filter(wanted) {
    return [...this.elements.values()].filter(wanted);
  }

  forEach(visit) {
    this.elements.forEach((element) => visit(element));
  }

  getAll() {
    return [...this.elements.values()];
  }
}

class Canvas {
  constructor(eventBus, elementRegistry) {
    this.bus = eventBus;
    this.registry = elementRegistry;
    this.root = null;
  }

  getRootElement() {
    return this.root;
  }

  setRootElement(root) {
    this.root = root;
    this.registry.elements.set(root.id, root);
    return root;
  }

  show(add, shown) {
    add();
    shown();
  }

  addShape(shape, parent, index) {
    return this.#add("shape", shape, parent, index);
  }

  addConnection(connection, parent, index) {
    return this.#add("connection", connection, parent, index);
  }

  removeShape(shape) {
    this.#remove("shape", shape);
  }

  removeConnection(connection) {
    this.#remove("connection", connection);
  }

  #add(type, element, parent = this.root, index) {
    if (this.registry.get(element.id)) throw new Error(`the id ${element.id} is taken`);
    this.bus.fire(`${type}.add`, { element });
    parent.children.add(element, index);
    element.parent = parent;
    this.registry.elements.set(element.id, element);
    this.bus.fire(`${type}.added`, { element });
    return element;
  }

  #remove(type, element) {
    this.bus.fire(`${type}.remove`, { element });
    element.parent?.children.remove(element);
    element.parent = null;
    this.registry.elements.delete(element.id);
    this.bus.fire(`${type}.removed`, { element });
  }
}
Canvas.$inject = ["eventBus", "elementRegistry"];

const CATALOGUE = {
  rules: {
    kinds: {
      EmptyStartEvent: { in: [0, 0], out: [1, 1] }, EmptyEndEvent: { in: [1, 1000], out: [0, 0] },
      ...Object.fromEntries(["ServiceActivity", "SubProcess", "ConvergeGateway"].map((k) => [k, { in: [1, 1000], out: [1, 1] }])),
      ...Object.fromEntries(["ExclusiveGateway", "ParallelGateway", "ConditionalParallelGateway"].map((k) => [k, { in: [1, 1000], out: [1, 1000] }])),
    },
    dependency_kinds: {
      EmptyStartEvent: { in: [0, 0], out: [1, 1000] }, EmptyEndEvent: { in: [1, 1000], out: [0, 0] },
      ServiceActivity: { in: [1, 1000], out: [1, 1000] }, SubProcess: { in: [1, 1000], out: [1, 1000] },
    },
    forbidden: [{ source: "EmptyStartEvent", target: "EmptyEndEvent", message: "the start leads straight to the end" }],
    not_drawn: [{ source: "ParallelGateway", target: "ConvergeGateway", message: "the branch is empty" }],
    in_a_circle: "the steps would wait for one another in a circle",
    deciding: ["ExclusiveGateway", "ConditionalParallelGateway"],
    limits: {},
  },
};

/**
 * Make an editor on a tree; `get` finds its services.
 * @param {any} tree
 * @param {any[]} [modules] behaviours besides the canvas' own
 */
export function editorOn(tree, modules = []) {
  const injector = new Injector([
    CommandModule, RulesModule,
    {
      __init__: ["flowBehavior", "steps", "treeRules"],
      eventBus: ["type", EventBus],
      "config.catalogue": ["value", CATALOGUE],
      catalogue: ["type", Catalogue],
      commandStack: ["type", WholeCommands],
      elementRegistry: ["type", Registry],
      canvas: ["type", Canvas],
      elementFactory: ["type", Elements],
      layouter: ["type", Layouter],
      treeStore: ["type", TreeStore],
      modeling: ["type", TreeModeling],
      flowBehavior: ["type", FlowBehavior],
      steps: ["type", Steps],
      treeRules: ["type", TreeRules],
    },
    ...modules,
  ]);
  injector.init();
  injector.get("eventBus").fire("diagram.init");
  injector.get("treeStore").open(tree);
  return injector;
}
