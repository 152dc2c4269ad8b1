/** Makes a gateway one of another kind, where its lines allow it. */
import { t } from "../../words.js";
import { elementName } from "../naming.js";

export default class ChangingKind {
  /** @param {any} chooser @param {any} choices @param {any} catalogue @param {any} modeling @param {any} view @param {any} history */
  constructor(chooser, choices, catalogue, modeling, view, history) {
    this.chooser = chooser;
    this.choices = choices;
    this.catalogue = catalogue;
    this.modeling = modeling;
    this.view = view;
    this.history = history;
  }

  /** @param {any} gateway */
  open(gateway) {
    const { x, y } = this.view.toWindow({ x: gateway.x, y: gateway.y + gateway.height + 8 });
    this.chooser.open({
      title: t("Change {name} to…", { name: elementName(gateway) }),
      entries: this.choices.gateways.filter((/** @type {any} */ { kind }) => this.mayBe(gateway, kind)),
      empty: t("No other gateway can have as many lines"),
      at: { clientX: x, clientY: y },
      onChoose: (/** @type {any} */ { kind, label }) => this.history.as(t("Change to {kind}", { kind: label }), () => this.modeling.changeKind(gateway, kind)),
    });
  }

  /** @param {any} gateway @param {string} kind */
  mayBe(gateway, kind) {
    const limits = this.catalogue.rules.kinds[kind];
    return kind !== gateway.businessObject.kind && gateway.outgoing.length <= (limits?.out[1] ?? Infinity) && gateway.incoming.length <= (limits?.in[1] ?? Infinity);
  }
}
ChangingKind.$inject = ["chooser", "choices", "catalogue", "modeling", "view", "history"];
