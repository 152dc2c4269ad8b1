/** How times and lengths of time are written. */
import { t } from "../words.js";

/** @param {number} ms */
export function lasted(ms) {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return t("{seconds} s", { seconds: seconds.toFixed(1) });
  if (seconds < 60) return t("{seconds} s", { seconds: Math.round(seconds) });
  if (seconds < 3600) return t("{minutes} min {seconds} s", { minutes: Math.floor(seconds / 60), seconds: Math.round(seconds % 60) });
  return t("{hours} h {minutes} min", { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60) });
}

/** @param {number | string} moment @param {string} zone */
export function exact(moment, zone) {
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", timeZone: zone }).format(new Date(moment));
}
