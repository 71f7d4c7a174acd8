/**
 * Events on their way to the server: in batches, kept for the next visit when they could not be sent. Each
 * is sent at least once; the server keeps repeats once.
 *
 * @import { Config, KeptEvent } from "./types.js"
 * @import { Api } from "./api.js"
 */

import { mayPass } from "./api.js";
import { read, write } from "./session.js";
import { createBackoff } from "./typing.js";

const KEPT = "selfhelp.events";
const KEPT_MOST = 100;

/** @returns {KeptEvent[]} */
function kept() {
  const found = read("localStorage", KEPT);
  return Array.isArray(found) ? found.filter((one) => one?.session_id && one.event) : [];
}

/** @param {KeptEvent[]} entries */
function keep(entries) {
  const unique = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  write("localStorage", KEPT, unique.size ? [...unique.values()].slice(-KEPT_MOST) : null);
}

export class Outbox {
  /** @type {KeptEvent[]} */
  #waiting = [];
  /** @type {KeptEvent[]} */
  #underway = [];
  #timer = 0;
  #closed = false;
  #backoff = createBackoff();

  /** @param {Api} api @param {() => Config} config */
  constructor(api, config) {
    this.api = api;
    this.config = config;
  }

  /** Takes over what earlier visits could not send. */
  begin() {
    this.#waiting.push(...kept());
    keep([]);
    if (this.#waiting.length) this.#flushIn(this.config().event_flush_ms);
  }

  /** @param {KeptEvent} entry */
  add(entry) {
    this.#waiting.push(entry);
    const full = this.#waiting.length >= this.config().event_batch;
    this.#flushIn(Math.max(this.#backoff.wait(), full ? 0 : this.config().event_flush_ms));
  }

  /** The page may be gone any moment: what is not known to have arrived is kept, and sent all the same. */
  leave() {
    keep([...kept(), ...this.#underway, ...this.#waiting]);
    void this.#flush();
  }

  /** As `leave`, and nothing is tried again. */
  close() {
    this.#closed = true;
    this.leave();
  }

  /** @param {number} wait milliseconds */
  #flushIn(wait) {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = window.setTimeout(() => this.#flush(), wait);
  }

  async #flush() {
    clearTimeout(this.#timer);
    const batches = batched(this.#waiting.splice(0), this.config().event_batch);
    await Promise.all(batches.map((batch) => this.#send(batch)));
  }

  /** @param {KeptEvent[]} batch events of one session */
  async #send(batch) {
    this.#underway.push(...batch);
    const { session_id, person } = batch[0];
    let again = false;
    try {
      await this.api.events({ session_id, person, events: batch.map((entry) => entry.event) });
      this.#backoff.worked();
    } catch (error) {
      again = mayPass(error);
    }
    this.#underway = this.#underway.filter((entry) => !batch.includes(entry));
    if (again) this.#later(batch);
    else strike(batch);
  }

  /** @param {KeptEvent[]} batch */
  #later(batch) {
    this.#waiting.unshift(...batch);
    this.#waiting.splice(0, this.#waiting.length - KEPT_MOST);
    keep([...kept(), ...batch]);
    this.#backoff.failed();
    if (this.#backoff.hopeful()) this.#flushIn(this.#backoff.wait());
  }
}

/** @param {KeptEvent[]} entries @param {number} most @returns {KeptEvent[][]} each of one session and person */
function batched(entries, most) {
  /** @type {KeptEvent[][]} */
  const batches = [];
  for (const entry of entries) {
    const batch = batches.find(
      ([first, ...rest]) =>
        first.session_id === entry.session_id && first.person === entry.person && rest.length + 1 < most,
    );
    if (batch) batch.push(entry);
    else batches.push([entry]);
  }
  return batches;
}

/** @param {KeptEvent[]} batch events that need not be kept any more */
function strike(batch) {
  const before = kept();
  if (!before.length) return;
  const gone = new Set(batch.map((entry) => JSON.stringify(entry)));
  keep(before.filter((entry) => !gone.has(JSON.stringify(entry))));
}
