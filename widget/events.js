/**
 * Events on their way to the server: kept in the browser until they have arrived, sent in batches. Each is
 * sent at least once; the server keeps repeats once.
 *
 * @import { Config, KeptEvent } from "./types.js"
 * @import { Api } from "./api.js"
 */

import { mayPass } from "./api.js";
import { read, write } from "./session.js";
import { createBackoff } from "./typing.js";

const WAITING = "selfhelp.events";
const KEPT_MOST = 100;

export class Outbox {
  #api;
  #config;
  /** @type {Set<string>} */
  #underway = new Set();
  #begun = false;
  #timer = 0;
  #backoff = createBackoff();

  /** @param {Api} api @param {() => Config} config */
  constructor(api, config) {
    this.#api = api;
    this.#config = config;
  }

  /** Takes over what earlier visits could not send. */
  begin() {
    this.#begun = true;
    this.#flushIn(this.#config().event_flush_ms);
  }

  /** @param {KeptEvent} entry */
  add(entry) {
    this.#keep([...this.#all(), entry]);
    const full = this.#all().length >= this.#config().event_batch;
    this.#flushIn(Math.max(this.#backoff.wait(), full ? 0 : this.#config().event_flush_ms));
  }

  /** The page may be gone any moment: everything is sent now, though nothing before the customer has typed. */
  leave() {
    if (this.#begun) void this.#flush();
  }

  /** Other tabs keep theirs in the same place. @returns {KeptEvent[]} */
  #all() {
    const kept = read("localStorage", WAITING);
    return Array.isArray(kept) ? kept : [];
  }

  /** @param {KeptEvent[]} entries */
  #keep(entries) {
    write("localStorage", WAITING, entries.slice(-KEPT_MOST));
  }

  /** @param {number} wait milliseconds */
  #flushIn(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  async #flush() {
    const waiting = this.#all().filter((entry) => !this.#underway.has(JSON.stringify(entry)));
    const batches = Object.groupBy(waiting, ({ session_id, person }) => session_id + person);
    await Promise.all(Object.values(batches).map((batch = []) => this.#send(batch)));
  }

  /** @param {KeptEvent[]} batch events of one session and person */
  async #send(batch) {
    const { session_id, person } = batch[0];
    const names = batch.map((entry) => JSON.stringify(entry));
    for (const name of names) this.#underway.add(name);
    let arrived = true;
    try {
      await this.#api.events({ session_id, person, events: batch.map((entry) => entry.event) });
      this.#backoff.worked();
    } catch (error) {
      arrived = !mayPass(error);
    }
    for (const name of names) this.#underway.delete(name);
    if (arrived) return this.#keep(this.#all().filter((entry) => !names.includes(JSON.stringify(entry))));
    this.#backoff.failed();
    if (this.#backoff.hopeful()) this.#flushIn(this.#backoff.wait());
  }
}
