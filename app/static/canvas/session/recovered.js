import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";

/** Offers the edits that this browser kept and the server never got: after a crash, or a tab closed in a hurry. @param {{ session: any, show: (dialog: string) => void }} props */
export function RecoveredNotice({ session, show }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [others, setOthers] = useState(false), [isSeen, see] = useState(false);
  useEffect(() => {
    session.local.found().then((/** @type {any} */ kept) => kept && JSON.stringify(kept.tree) !== JSON.stringify(session.store.tree) && setFound(kept));
    return watchOtherTabs(`sluice.${session.local.key}`, () => setOthers(true));
  }, [session]);
  if (found) {
    const take = () => {
      session.rename(found.name);
      session.take(found.tree);
      setFound(null);
    };
    const drop = () => {
      session.local.forget();
      setFound(null);
    };
    return html`<div class="notice-bar" role="alert"><span>${t("This browser kept edits of {time} that were never saved.", { time: moment(found.at) })}</span>
      <button type="button" class="btn btn-sm btn-primary" onClick=${take}>${t("Bring them back")}</button><button type="button" class="btn btn-sm" onClick=${drop}>${t("Discard them")}</button></div>`;
  }
  if (session.isOutdated && !isSeen) {
    const compare = () => {
      see(true);
      show("versions");
    };
    return html`<div class="notice-bar" role="alert"><span>${t("Version {number} was published since this draft was begun. Publishing the draft asks what is to count.", { number: session.version })}</span>
      <button type="button" class="btn btn-sm btn-primary" onClick=${compare}>${t("Compare")}</button><button type="button" class="btn btn-sm" onClick=${() => see(true)}>${t("Understood")}</button></div>`;
  }
  if (others) return html`<div class="notice-bar" role="alert"><span>${t("This flow is open in another tab too. What is saved last asks before it overwrites.")}</span><button type="button" class="btn btn-sm" onClick=${() => setOthers(false)}>${t("Understood")}</button></div>`;
  return null;
}

/** @param {string} name @param {() => void} found */
function watchOtherTabs(name, found) {
  if (!("BroadcastChannel" in window)) return () => undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data === "here?") channel.postMessage("here");
    found();
  };
  channel.postMessage("here?");
  return () => channel.close();
}
