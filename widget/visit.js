/**
 * What happened at one form in this visit: told to the server as events, to the page as DOM events.
 *
 * @import { Answer, EventType, Options, Suggestion, UsageEvent } from "./types.js"
 * @import { Outbox } from "./events.js"
 */

import { pageAddress } from "./form.js";
import { keepSession, personOf, sessionId } from "./session.js";

export class Visit {
  #form;
  #options;
  #outbox;
  /** @type {Set<string>} */
  shown = new Set();
  /** @type {Set<string>} */
  opened = new Set();
  /** @type {string | undefined} */
  queryId;
  #seen = new Set();
  #typed = false;
  #sent = false;

  /** @param {HTMLFormElement} form @param {Options} options @param {Outbox} outbox */
  constructor(form, options, outbox) {
    this.#form = form;
    this.#options = options;
    this.#outbox = outbox;
  }

  /** The customer has typed: from here on there is something to tell. */
  typed() {
    this.#typed = true;
    this.#sent = false;
  }

  /** Who and where, as every request says it. */
  identity() {
    return { session_id: sessionId(), person: personOf(this.#options), page_url: pageAddress() };
  }

  /** @param {Answer} answer */
  answered(answer) {
    keepSession(answer.session_id);
    this.queryId = answer.query_id;
  }

  /** Told once per question. @param {Answer} answer as it is on screen now */
  onScreen({ query_id, suggestions }) {
    if (this.#seen.has(query_id)) return;
    this.#seen.add(query_id);
    for (const { slug, rank } of suggestions) {
      this.shown.add(slug);
      this.record("shown", { query_id, slug, rank });
    }
    this.tell("shown", { query_id, suggestions });
  }

  /** @param {Pick<Suggestion, "slug"> & { rank?: number }} article @param {string} [query_id] */
  open({ slug, rank }, query_id) {
    this.opened.add(slug);
    this.record("opened", { slug, rank, query_id });
    this.tell("opened", { slug });
  }

  /** @param {string} [ticketId] when it was sent to the API rather than by the form itself */
  submitted(ticketId) {
    if (this.#sent) return;
    this.#sent = true;
    this.record("submitted");
    this.tell("submitted", { ticket_id: ticketId });
  }

  /** The page or the form goes away. */
  leave() {
    if (this.#typed && !this.#sent) this.record("left");
    this.#typed = false;
  }

  /**
   * Nothing is recorded that belongs to no question the server has answered.
   *
   * @param {EventType} type
   * @param {Partial<UsageEvent>} [detail]
   */
  record(type, detail = {}) {
    const { session_id, person } = this.identity();
    const query_id = detail.query_id ?? this.queryId;
    if (!session_id || !query_id) return;
    const event = { ...detail, type, query_id, at: new Date() };
    this.#outbox.add({ session_id, person, event });
  }

  /** @param {string} name @param {object} detail */
  tell(name, detail) {
    this.#form.dispatchEvent(new CustomEvent(`selfhelp:${name}`, { bubbles: true, detail }));
  }
}
