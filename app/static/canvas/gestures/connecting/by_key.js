/** Draws a line without a pointer: the node that it leads to is chosen from a list, and shown on the canvas meanwhile. */
import { t } from "../../words.js";
import { elementName } from "../naming.js";

export default class ConnectingByKey {
  /** @param {any} chooser @param {any} walking @param {any} treeRules @param {any} modeling @param {any} looking @param {any} eventBus */
  constructor(chooser, walking, treeRules, modeling, looking, eventBus) {
    this.chooser = chooser;
    this.walking = walking;
    this.rules = treeRules;
    this.modeling = modeling;
    this.looking = looking;
    this.bus = eventBus;
  }

  /** @param {any} source */
  open(source) {
    const order = this.walking.order, at = order.indexOf(source);
    const others = [...order.slice(at + 1), ...order.slice(0, at)].filter((n) => n.businessObject.node);
    const targets = others.filter((n) => !this.rules.whyNotByHand(source, n));
    if (!targets.length) {
      this.bus.fire("hint", { words: others.map((n) => this.rules.whyNotByHand(source, n)).find((why) => why !== t("These two are connected already")) || t("No line can lead to another node from here") });
      return;
    }
    this.chooser.open({
      title: t("Connect {name} to…", { name: elementName(source) }),
      entries: targets.map((n) => this.looking.entryOf(n)),
      onLook: (/** @type {any} */ entry) => this.looking.at(entry?.element),
      onCancel: () => this.looking.back(),
      onChoose: (/** @type {any} */ { element }) => {
        this.looking.stay();
        this.modeling.connect(source, element);
      },
    });
  }
}
ConnectingByKey.$inject = ["chooser", "walking", "treeRules", "modeling", "looking", "eventBus"];
