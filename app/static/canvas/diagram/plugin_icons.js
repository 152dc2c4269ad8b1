/** The icons of the plugins that we bring; others name theirs in the catalogue. @type {Record<string, string>} */
export const PLUGIN_ICONS = {
  sleep_timer: "clock",
  pause_node: "hand",
  bk_http_request: "world",
  job_fast_execute_script: "terminal",
  bk_display: "message",
  bk_notify: "bell",
};
