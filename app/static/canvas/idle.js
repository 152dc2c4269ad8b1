/** How long something may wait for the browser to be idle. */
const AT_MOST_MS = 500;

/**
 * Do something once the browser has shown what there is to show.
 * @param {() => void} act
 * @returns {() => void} calls it off
 */
export function whenIdle(act) {
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(act, AT_MOST_MS / 10);
    return () => clearTimeout(timer);
  }
  const asked = requestIdleCallback(act, { timeout: AT_MOST_MS });
  return () => cancelIdleCallback(asked);
}
