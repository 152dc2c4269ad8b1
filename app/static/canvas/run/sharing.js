/** The address of the page names what is open on it, so that it can be handed on. */
import { t } from "../words.js";

/** Keep the address up to date from now on. @param {import("./page.js").Run} run */
export function keepAddress(run) {
  run.listen(() => addressOf(run) !== window.location.href && window.history.replaceState(null, "", addressOf(run)));
}

/** The address at which what is open now opens. @param {import("./page.js").Run} run */
export function addressOf(run) {
  const asked = new URLSearchParams(Object.entries({ node: run.chosen, tab: run.chosen && run.tab, below: run.strip }).filter(([, value]) => value));
  return window.location.origin + window.location.pathname + (asked.size ? `?${asked}` : "");
}

/** Copy the address; where the browser does not let pages do that, it is shown to be copied. @param {import("./page.js").Run} run */
export async function shareLink(run) {
  try {
    await navigator.clipboard.writeText(addressOf(run));
    run.say(t("The link is copied."));
  } catch {
    run.set({ dialog: "link" });
  }
}
