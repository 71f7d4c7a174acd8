/**
 * The request itself, when it goes to the API: one ticket however often it is sent, and the form's own
 * `action` when the API is away.
 *
 * @import { Assistant } from "./assistant.js"
 * @import { Ticket } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { mayPass } from "./api.js";
import { fieldsOf, textOf } from "./form.js";

const URGENCIES = ["low", "normal", "high", "urgent"];
const URGENCY = '[name="urgency" i], [name="priority" i]';
const AGAIN_MS = 600;
const UPLOAD_MS = 120_000;
const SLUGS = 100;

export class TicketSender {
  #at;
  #sending = false;
  #content = "";
  #key = "";

  /** @param {Assistant} assistant */
  constructor(assistant) {
    this.#at = assistant;
  }

  /** @param {SubmitEvent} event one the page has vetoed is let through */
  async submit(event) {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (this.#sending) return;
    this.#sending = true;
    try {
      await this.#send();
    } catch (error) {
      this.#instead(mayPass(error) ? "unsent" : "check");
    } finally {
      this.#sending = false;
    }
  }

  async #send() {
    const ticket = this.#ticket();
    const files = filesOf(this.#at.form);
    if (!ticket.message || !ticket.email) return this.#instead("check");
    void this.#at.say("sending");
    const { ticket_id } = await this.#post(ticket, files);
    if (!ticket_id) throw new TypeError();
    void this.#at.say("sent", { email: ticket.email });
    this.#at.visit.submitted(ticket_id);
  }

  /**
   * The form goes where it would have gone without us; if nowhere, says what is wrong. The page has agreed already,
   * and its button may be another one by now: so without a second event.
   *
   * @param {keyof Words} problem
   */
  #instead(problem) {
    const { form, visit } = this.#at;
    const leads = /^[^#]/.test(form.getAttribute("action") ?? "");
    void this.#at.say(leads ? "sending" : problem);
    if (!leads) return;
    visit.submitted();
    HTMLFormElement.prototype.submit.call(form);
  }

  /**
   * Tries twice under one key, which also holds when the same is sent again later; once if that took all its time.
   *
   * @param {Ticket} ticket
   * @param {File[]} files
   */
  async #post(ticket, files) {
    const { api, config } = this.#at;
    const sizes = files.map((file) => [file.name, file.size, file.lastModified]);
    const content = JSON.stringify([ticket.email, ticket.subject, ticket.message, ticket.urgency, sizes]);
    if (content !== this.#content) this.#key = crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.#content = content;
    const timeout = files.length ? UPLOAD_MS : 2 * config.request_timeout_ms;
    try {
      return await api.ticket(ticket, files, this.#key, timeout);
    } catch (error) {
      if (!mayPass(error) || /** @type {Error} */ (error).name === "TimeoutError") throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      return api.ticket(ticket, files, this.#key, timeout);
    }
  }

  /** @returns {Ticket} */
  #ticket() {
    const { form, options, visit, locale } = this.#at;
    const fields = fieldsOf(form, options);
    const found = [...form.querySelectorAll(options.urgency || URGENCY)];
    const urgency = found.find((one) => !one.matches("[type=radio]:not(:checked)"));
    const subject = textOf(fields.subject);
    const how = textOf(urgency).toLowerCase();
    const known = URGENCIES.includes(how);
    const others = otherFields(form, [...Object.values(fields), known && urgency]);
    const message = [textOf(fields.description) || subject, others].filter(Boolean).join("\n\n");
    return {
      ...visit.identity(),
      email: textOf(fields.email),
      subject: subject || undefined,
      message,
      urgency: known ? how : undefined,
      locale,
      query_id: visit.queryId,
      shown: [...visit.shown].slice(-SLUGS),
      opened: [...visit.opened].slice(-SLUGS),
    };
  }
}

/** @param {HTMLFormElement} form @returns {any[]} */
function filesOf(form) {
  return [...new FormData(form).values()].filter((value) => /** @type {File} */ (value).name);
}

/**
 * What else the customer filled in, a line each, so that nothing is lost.
 *
 * @param {HTMLFormElement} form
 * @param {unknown[]} known
 */
function otherFields(form, known) {
  const lines = [];
  // A field may be named `elements`.
  for (const one of Reflect.get(HTMLFormElement.prototype, "elements", form)) {
    const control = /** @type {HTMLInputElement & HTMLSelectElement} */ (one);
    const { type, id, labels, value, selectedOptions: chosen } = control;
    const name = control.name || id;
    const silent = /^(hidden|password|file|submit|button|reset|image)$/.test(type) || /captcha/i.test(name);
    const off = control.matches(":disabled, [type=checkbox]:not(:checked), [type=radio]:not(:checked)");
    const text = value != null && textOf(control);
    if (!name || silent || off || known.includes(control) || !text) continue;
    // Without the control itself, which may stand in its label with all its options.
    const said = [...(labels?.[0]?.childNodes ?? [])].filter((node) => !node.contains(control));
    const label = said.map((node) => node.textContent).join("").trim() || name;
    lines.push(`${label.replace(/[:*\s]+$/, "")}: ${chosen ? [...chosen].map((one) => one.text).join(", ") : text}`);
  }
  return lines.join("\n");
}
