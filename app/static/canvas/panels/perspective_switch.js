import { Glyph } from "../fields/glyphs.js";
import { t } from "../words.js";
import { html, useEvents } from "./parts.js";

/** Shows on each node what it reads and writes, or no longer. @param {{ editor: any }} props */
export function PerspectiveSwitch({ editor }) {
  useEvents(editor, ["perspective.changed"]);
  const perspective = editor.get("perspective");
  const toggle = () => {
    perspective.toggle();
    if (perspective.isOn) editor.get("view").makeLegible();
  };
  return html`<button type="button" class="strip-tool" aria-pressed=${perspective.isOn} title=${t("Show on each node which variables it reads (R) and writes (W)")} onClick=${toggle}>
    <${Glyph} name="binoculars" size=${15} />${t("Reads and writes")}</button>`;
}
