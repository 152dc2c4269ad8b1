import { useEffect, useState } from "preact/hooks";
import { html } from "../panels/parts.js";
import { moment, t } from "../words.js";
import { Choice } from "./conflict.js";

/** @typedef {import("./local.js").Found} Found */

/** Offers the edits that this browser kept and the server never got: after a crash, or a tab closed in a hurry. @param {{ session: any, page: any, editor: any, show: (dialog: string) => void }} props */
export function RecoveredNotice({ session, page, editor, show }) {
  const [found, setFound] = useState(/** @type {Found[]} */ ([]));
  const [others, setOthers] = useState(false), [isSeen, see] = useState(false), [compares, setCompares] = useState(false);
  const isNew = session.id === null;
  useEffect(() => {
    if (page.may_edit) session.local.found((/** @type {Found} */ kept) => JSON.stringify([kept.name, kept.tree]) === session.openedText).then(setFound);
    return isNew ? undefined : watchOtherTabs(`sluice.${session.local.key}`, () => setOthers(true));
  }, [session, isNew]);
  const [kept] = found;
  if (kept) {
    const settled = () => {
      setCompares(false);
      setFound(found.slice(1));
      return session.local.forget(kept.place);
    };
    const take = async () => {
      session.take(kept.tree);
      session.rename(kept.name);
      await session.keepLocally();
      return settled();
    };
    const about = t("This browser kept edits of {time} that were never saved.", { time: moment(kept.at) });
    if (compares) return html`<${Choice} title=${t("Someone saved since these edits")} about=${`${about} ${savedSince(page)}`} theirs=${session.store.tree} mine=${kept.tree} page=${page} editor=${editor} later=${() => setCompares(false)}
      take=${{ label: t("Discard the kept edits"), act: settled }} keep=${{ label: t("Bring the kept edits back"), act: take }} />`;
    return html`<div class="notice-bar" role="alert"><span>${about}</span>
      <button type="button" class="btn btn-sm btn-primary" onClick=${() => (isBehind(kept, page) ? setCompares(true) : take())}>${t("Bring them back")}</button><button type="button" class="btn btn-sm" onClick=${settled}>${t("Discard them")}</button></div>`;
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

/** Whether the flow that was opened is not the one in which the edits were made. @param {Found} kept @param {any} page */
const isBehind = (kept, { draft, template }) => kept.version !== template.version || kept.revision !== (draft?.revision ?? null);

/** @param {any} page */
function savedSince({ draft, template }) {
  if (draft) return t("{name} saved this draft at {time}.", { name: draft.by, time: moment(draft.at) });
  return t("The flow is at version {number} now.", { number: template.version });
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
