/** The value of a variable, in the form of its type. */
import { whyWrong } from "../../fields/checking.js";
import { useId } from "../../fields/ids.js";
import { useDraft } from "../../fields/use_draft.js";
import { Widget } from "../../fields/widgets.js";
import { Row } from "../inspector/parts.js";
import { html } from "../parts.js";
import { t } from "../../words.js";
import { valueField } from "./sources.js";
import { whyNotValid } from "./validation.js";

/** @param {import("./form.js").PartProps & { mayEdit: boolean }} props */
export function ValueField({ editor, constant, change, mayEdit }) {
  const field = valueField(editor, constant), id = useId(), box = isPicked(constant.value) ? "var_ip_custom_value" : "";
  const draft = useDraft(editor, box ? constant.value[box] : constant.value, (value) => change({ value: box ? { ...constant.value, [box]: value } : value }));
  const wrong = whyWrong(field, draft.value) || whyNotValid(constant, draft.value);
  return html`<${Row} label=${constant.show_type === "show" ? t("Default value") : t("Value")} forId=${id} helpId=${`${id}-help`} wrong=${wrong}>
    <${Widget} id=${id} field=${field} value=${draft.value} type=${draft.type.bind(draft)} commit=${draft.commit.bind(draft)} done=${draft.flush.bind(draft)} disabled=${!mayEdit} invalid=${Boolean(wrong)} describedBy=${wrong ? `${id}-help` : undefined} /></${Row}>`;
}

/** Whether a value is addresses as bk-sops' picker writes those that were typed. @param {any} value */
function isPicked(value) {
  return Boolean(value) && typeof value === "object" && value.var_ip_method === "custom" && typeof value.var_ip_custom_value === "string";
}
