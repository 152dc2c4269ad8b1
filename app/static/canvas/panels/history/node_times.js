/**
 * How the nodes of this flow went in its last tasks: asked once for all of them, when the first is looked at.
 *
 * @typedef {{ task_id: number, at: string, took_ms: number, state: string }} Pass
 */

export default class NodeTimes {
  /** @param {any} server @param {any} session */
  constructor(server, session) {
    this.server = server;
    this.session = session;
    /** @type {Promise<Record<string, Pass[]>> | null} */
    this.asked = null;
  }

  /** The last passes of a node, the latest first; none of one that never ran, or where the server does not tell. @param {string} id @returns {Promise<Pass[]>} */
  async of(id) {
    if (this.session.id === null) return [];
    this.asked ??= this.server.get(`/flows/${this.session.id}/node-times`).then((/** @type {any} */ told) => told.times);
    try {
      return (await this.asked)?.[id] ?? [];
    } catch {
      // The next one that is looked at asks again.
      this.asked = null;
      return [];
    }
  }
}
NodeTimes.$inject = ["server", "session"];
