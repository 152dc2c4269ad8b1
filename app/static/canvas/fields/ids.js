/** Ids for labels. Preact's own are told apart within one panel only, and several stand in a page. */
import { useMemo } from "preact/hooks";

let last = 0;

/** An id that nothing else in the page has. @returns {string} */
export const useId = () => useMemo(() => `field-${(last += 1)}`, []);
