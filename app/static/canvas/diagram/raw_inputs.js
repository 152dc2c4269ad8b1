/** Which inputs are given to their plugins as they are written: `${…}` in them is nothing of ours, as in scripts. */

/**
 * @param {import("./catalogue.js").default} catalogue
 * @returns {import("../tree/references.js").IsRaw}
 */
export function isRawIn(catalogue) {
  return (node, tag) => {
    if (node.component?.data?.[tag]?.need_render === false) return true;
    return catalogue.find(node.component?.code, node.component?.version)?.inputs.find((f) => f.key === tag)?.render === false;
  };
}
