import { useEffect, useState } from "preact/hooks";

/**
 * A node with its attempts, asked for again whenever it moves; null before it has been reached.
 * @param {import("./page.js").Run} run
 * @param {string} path
 * @param {number} loop 0 for the latest pass
 * @returns {any}
 */
export function useNodeDetail(run, path, loop) {
  const [detail, setDetail] = useState(/** @type {any} */ (null));
  const node = run.live.nodes[path];
  useEffect(() => {
    if (!node) return;
    const stop = new AbortController();
    const id = encodeURIComponent(path.split("/").at(-1) ?? "");
    run.server.get(`/nodes/${id}${loop ? `?loop=${loop}` : ""}`, stop.signal).then(setDetail, () => undefined);
    return () => stop.abort();
  }, [path, loop, JSON.stringify(node ?? null)]);
  return node ? detail : null;
}
