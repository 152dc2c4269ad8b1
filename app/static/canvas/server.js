/** Asks our server. Every answer that is not a success becomes a `Refused` that says why. */

export class Refused extends Error {
  /** @param {number} status @param {any} answer */
  constructor(status, answer) {
    super(answer?.error || `The server answered ${status}`);
    this.status = status;
    this.answer = answer ?? {};
    /** @type {{ rule: string, message: string, where: string }[]} */
    this.problems = answer?.problems ?? [];
  }

  /** Whether nobody is logged in any more. */
  get isLoggedOut() {
    return this.status === 401;
  }
}

/** Where the token of the session is told to who is logged in. */
const TOKEN = "/session/token";

export class Server {
  /** @param {string} base the address of the project's editor @param {string} csrf @param {string} me who the page was made for */
  constructor(base, csrf, me) {
    this.base = base;
    this.csrf = csrf;
    this.me = me;
  }

  /** @param {string} path below the base @param {AbortSignal} [signal] @returns {Promise<any>} */
  get(path, signal) {
    return this.#ask("GET", path, undefined, signal);
  }

  /** @param {"POST" | "PUT" | "PATCH" | "DELETE"} method @param {string} path @param {any} [body] JSON, or a form @param {AbortSignal} [signal] @returns {Promise<any>} */
  send(method, path, body, signal) {
    return this.#ask(method, path, body, signal);
  }

  /** Whoever logged in again, in another tab, has another token: with that it is asked once more, but in nobody else's name. @param {string} method @param {string} path @param {any} body @param {AbortSignal | undefined} signal */
  async #ask(method, path, body, signal) {
    try {
      return await this.#askOnce(method, this.base + path, body, signal);
    } catch (error) {
      if (!(error instanceof Refused) || error.answer.rule !== "csrf") throw error;
      this.csrf = (await this.#askOnce("GET", `${TOKEN}?user=${encodeURIComponent(this.me)}`, undefined, signal)).csrf;
      return this.#askOnce(method, this.base + path, body, signal);
    }
  }

  /** @param {string} method @param {string} address @param {any} body @param {AbortSignal | undefined} signal */
  async #askOnce(method, address, body, signal) {
    const isForm = body instanceof FormData;
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", "X-CSRF": this.csrf };
    if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
    const reply = await fetch(address, { method, headers, signal, body: isForm ? body : body === undefined ? undefined : JSON.stringify(body) });
    const answer = reply.status === 204 ? null : await reply.json().catch(() => null);
    signal?.throwIfAborted();
    if (reply.redirected && answer === null) throw new Refused(401, null);
    if (!reply.ok) throw new Refused(reply.status, answer);
    return answer;
  }
}
