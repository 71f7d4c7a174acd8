/**
 * The server, as the widget sees it. No cookie and no referrer goes along.
 *
 * @import { Answer, Article, Config, Ticket, UsageEvent } from "./types.js"
 */

/** An answer that is not a success. `retryAfter` is in milliseconds. */
export class Refused {
  /** @param {Response} response */
  constructor(response) {
    this.status = response.status;
    this.retryAfter = 1000 * (Number(response.headers.get("Retry-After")) || 0);
  }
}

/**
 * Whether trying the same again later may succeed: not when the server understood and said no.
 *
 * @param {unknown} error
 */
export function mayPass(error) {
  return !(error instanceof Refused) || error.status >= 500 || error.status === 429 || error.status === 408;
}

export class Api {
  #timeout;
  /** @param {string} base address of the API's root @param {() => number} timeout milliseconds */
  constructor(base, timeout) {
    this.base = base;
    this.#timeout = timeout;
  }

  /** @param {string} address as the API gives them */
  absolute = (address) => new URL(address, this.base).href;

  /** @returns {Promise<Partial<Config>>} */
  config() {
    return this.#call("v1/config");
  }

  /** @param {object} body @param {AbortSignal} signal @returns {Promise<Answer>} */
  suggestions(body, signal) {
    return this.#call("v1/suggestions", { ...json(body), signal });
  }

  /** @param {string} locale @param {string} slug @param {AbortSignal} signal @returns {Promise<Article>} */
  article(locale, slug, signal) {
    return this.#call(`v1/articles/${encodeURIComponent(locale)}/${encodeURIComponent(slug)}`, { signal });
  }

  /**
   * Goes out even while the page is going away.
   *
   * @param {{ session_id: string, events: UsageEvent[], person?: string }} body
   */
  events(body) {
    return this.#call("v1/events", { ...json(body), keepalive: true });
  }

  /**
   * @param {Ticket} ticket
   * @param {File[]} files
   * @param {string} key the same for every attempt at the same ticket
   * @param {number} timeout milliseconds
   * @returns {Promise<{ ticket_id: string }>}
   */
  ticket(ticket, files, key, timeout) {
    const { headers, ...request } = files.length ? multipart(ticket, files) : json(ticket);
    return this.#call("v1/tickets", { ...request, headers: { ...headers, "Idempotency-Key": key } }, timeout);
  }

  /** @param {string} path @param {RequestInit} [init] @param {number} [timeout] @returns {Promise<any>} */
  async #call(path, init = {}, timeout = this.#timeout()) {
    const limits = [AbortSignal.timeout(timeout), init.signal ?? []].flat();
    const response = await fetch(this.absolute(path), {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      ...init,
      signal: AbortSignal.any(limits),
    });
    if (!response.ok) throw new Refused(response);
    return response.json();
  }
}

/** @param {unknown} body @returns {{ method: string, body: BodyInit, headers?: Record<string, string> }} */
function json(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** @param {Ticket} ticket @param {File[]} files @returns {ReturnType<typeof json>} */
function multipart(ticket, files) {
  const body = new FormData();
  body.append("ticket", new Blob([JSON.stringify(ticket)], { type: "application/json" }));
  for (const file of files) body.append("files", file);
  return { method: "POST", body };
}
