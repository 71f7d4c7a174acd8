/**
 * What happens at one form: typing asks, answers are listed, and the form is submitted as if none of this
 * were here.
 *
 * @import { Answer, Options } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { Api, mayPass, Refused } from "./api.js";
import { configOf, DEFAULTS } from "./config.js";
import { Outbox } from "./events.js";
import { fieldsOf, localeOf, questionOf } from "./form.js";
import { redact } from "./redaction.js";
import { Scene } from "./scene.js";
import { keepSession } from "./session.js";
import { TicketSender } from "./ticket.js";
import { createBackoff, createNewest, longEnough } from "./typing.js";
import { Visit } from "./visit.js";
import { loadWords } from "./words.js";

const REMEMBERED = 50;
/** Milliseconds before what is still being composed is asked: phones compose every word, and may never end the last. */
const COMPOSED_MS = 500;
/** Milliseconds within which a page's own handlers have locked the button that was pressed. */
const LOCKED_MS = 100;
/** Longer than any number with spaces in it that `redact` knows. */
const EDGE = 100;

export class Assistant {
  #stop = new AbortController();
  /** Limits and delays as they are known now. */
  config = DEFAULTS;
  #backoff = createBackoff();
  /** @type {Map<string, Answer>} */
  #memory = new Map();
  #newest = createNewest({
    answer: (question, signal) => this.#answer(question, signal),
    show: (answer) => this.#show(answer),
    fail: (error, question) => this.#failed(error, question),
  });
  /** The question asked last, or about to be. */
  #question = "";
  /** The question whose answer came last. */
  #answered = "";
  #reminded = false;
  /** Enter was pressed in a search box, and the answer is still to come. */
  #entered = false;
  /** @type {Scene | undefined} */
  #scene;
  /** @type {Promise<Scene> | undefined} */
  #setting;
  #sender = new TicketSender(this);

  /** @param {HTMLFormElement} form @param {Options} options */
  constructor(form, options) {
    this.form = form;
    this.options = options;
    // Some pages write pt_BR.
    this.locale = (options.locale || localeOf(form)).replaceAll("_", "-");
    this.api = new Api(options.api, () => this.config.request_timeout_ms);
    this.outbox = new Outbox(this.api, () => this.config);
    this.visit = new Visit(form, options, this.outbox);
    this.#listenToForm();
    this.#listenToPage();
    // The customer may have typed while this was loading; what the page filled in is not theirs.
    const target = /** @type {HTMLInputElement | null} */ (document.activeElement);
    if (target?.value !== target?.defaultValue) this.#input({ target });
  }

  destroy() {
    this.#stop.abort();
    this.#newest.forget();
    this.#leave();
    this.#scene?.destroy();
  }

  /** The page or the form goes away: what is to be told is told now. */
  #leave() {
    this.#scene?.panel.leave();
    this.visit.leave();
    this.outbox.leave();
  }

  #listenToForm() {
    const { form } = this;
    const { signal } = this.#stop;
    form.addEventListener("input", (event) => this.#input(event), { signal });
    form.addEventListener("compositionend", (event) => this.#input(event), { signal });
    form.addEventListener("reset", () => this.#empty(), { signal });
    // In the capture phase, since the page's own listeners may stop the event.
    form.addEventListener("submit", (event) => this.#submitted(event), { signal, capture: true });
  }

  #listenToPage() {
    const { signal } = this.#stop;
    addEventListener("pagehide", () => this.#leave(), { signal });
    document.addEventListener("visibilitychange", () => this.outbox.leave(), { signal });
  }

  /** @param {keyof Words} word @param {Record<string, string>} [values] */
  async say(word, values) {
    (await this.#begin()).say(word, values);
  }

  /** Once a visit, and only with good reason, the first attempt is met with a line instead. @param {SubmitEvent} event */
  #submitted(event) {
    const submitter = /** @type {HTMLButtonElement | null | undefined} */ (event.submitter);
    // It only closes the dialog that the form is in.
    if (submitter?.formMethod === "dialog") return;
    if (this.options.submit === "search") return this.#search(event);
    this.#wait();
    const current = this.#answered === this.#asked();
    if (current && !this.#reminded && this.options.reminder !== "off" && this.#scene?.remind()) {
      this.#reminded = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      // Nothing was sent that a page that locks the button could wait for.
      if (submitter) setTimeout(() => (submitter.disabled = false), LOCKED_MS);
    } else if (this.options.submit === "selfhelp") this.#afterPage(event);
    else {
      // A page that sends it itself stays: what was said before sending is over.
      this.#scene?.list.say([]);
      this.visit.submitted();
    }
  }

  /**
   * Sends the ticket once the page's own listeners had their turn, whose veto counts and who may fill fields in:
   * at the end of the event's way, or where one of them stops it.
   *
   * @param {SubmitEvent} event
   */
  #afterPage(event) {
    const { signal } = this.#stop;
    for (let one = /** @type {Node | null} */ (this.form); one; one = one.parentNode) {
      const heard = (/** @type {Event} */ now) => {
        const last = event.cancelBubble || !one?.parentNode;
        if (last && now === event) void this.#sender.submit(event);
      };
      one.addEventListener("submit", heard, { once: true, signal });
    }
  }

  /** Enter leads to the first suggestion; a question that waits is asked now, its answer led to. @param {Event} event */
  #search(event) {
    event.preventDefault();
    this.#entered = this.#answered !== this.#question;
    if (!this.#entered) this.#scene?.list.lead();
    else if (!this.#backoff.wait()) this.#newest.hurry();
  }

  /** What was about to be asked is not asked any more. */
  #wait() {
    this.#newest.forget();
    this.#question = "";
  }

  /** Whether an event comes from one of the fields that make the question. @param {Pick<Event, "target">} event */
  #asks(event) {
    const { subject, description } = fieldsOf(this.form, this.options);
    return [subject, description].some((field) => field?.contains(/** @type {Node} */ (event.target)));
  }

  /** Nothing is asked, and nothing offered. */
  #empty() {
    this.#wait();
    this.#scene?.offer(null);
  }

  /** The question as it stands in the fields, or as much of it as the server takes. */
  #asked() {
    return questionOf(fieldsOf(this.form, this.options)).slice(0, this.config.max_text_chars);
  }

  /** @param {Pick<InputEvent, "target"> & Partial<InputEvent>} event */
  #input(event) {
    if (!this.#asks(event)) return;
    void this.#begin();
    this.visit.typed();
    const question = this.#asked();
    if (question === this.#question && event.type !== "compositionend") return;
    this.#entered = false;
    if (!longEnough(question, this.config)) return this.#empty();
    this.#question = question;
    const pause = Math.max(event.isComposing ? COMPOSED_MS : this.config.debounce_ms, this.#backoff.wait());
    this.#newest.ask(question, this.#memory.get(question) ? 0 : pause);
  }

  /** The first sign of life: from here on something may be sent, kept and shown. @returns {Promise<Scene>} */
  #begin() {
    this.#setting ??= (async () => {
      void configOf(this.api).then((config) => (this.config = config));
      this.outbox.begin();
      const scene = new Scene(this, await loadWords(this.locale));
      if (this.#stop.signal.aborted) scene.destroy();
      else scene.place();
      return (this.#scene = scene);
    })();
    return this.#setting;
  }

  /** @param {string} question @param {AbortSignal} signal @returns {Promise<Answer>} */
  async #answer(question, signal) {
    const { limit, max_text_chars } = this.config;
    const known = this.#memory.get(question);
    // What the cut may have left half of, and so unknown, ends it; marks may be longer than what they stand for.
    const end = question.length < max_text_chars ? max_text_chars : -EDGE;
    const text = [...redact(question)].slice(0, max_text_chars).slice(0, end).join("");
    const purpose = this.options.submit === "search" ? "search" : undefined;
    const body = { text, purpose, locale: this.locale, limit, ...this.visit.identity() };
    const answer = known ?? (await this.api.suggestions(body, signal));
    if (this.#memory.size === REMEMBERED) this.#memory.clear();
    this.#memory.set(question, answer);
    await this.#begin();
    return answer;
  }

  /** @param {Answer} answer to what is in the fields now */
  #show(answer) {
    this.#backoff.worked();
    this.visit.answered(answer);
    this.#answered = this.#question;
    const suggestions = answer.answered && !answer.held_out ? answer.suggestions : [];
    this.#scene?.offer({ ...answer, suggestions });
    if (this.#entered && this.form.matches(":focus-within")) this.#scene?.list.lead();
    this.#entered = false;
  }

  /**
   * The customer notices nothing; older suggestions go, since they answer something else.
   *
   * @param {unknown} error
   * @param {string} question
   */
  #failed(error, question) {
    // A session the server does not know any more is replaced at the next try.
    if (!mayPass(error)) keepSession(null);
    this.#entered = false;
    this.#backoff.failed(error instanceof Refused ? error.retryAfter : 0);
    this.#scene?.offer(null);
    if (this.#backoff.hopeful()) this.#newest.ask(question, this.#backoff.wait());
    else this.#question = "";
  }
}
