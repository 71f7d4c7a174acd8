/**
 * What the customer sees of the widget at one form: the list beside or below the form, the panel.
 *
 * @import { Api } from "./api.js"
 * @import { Answer, ArticleRef, EventType, Options, Suggestion, UsageEvent } from "./types.js"
 * @import { Visit } from "./visit.js"
 * @import { Words } from "./words.js"
 */

import STYLE from "./style.css" with { type: "css" };
import { button, h, isPlainClick } from "./dom.js";
import { endOf, fieldsOf } from "./form.js";
import { List } from "./list.js";
import { Panel } from "./panel.js";
import { roomBeside } from "./room.js";
import { fill } from "./words.js";

/** From here on an article is likely enough the answer to be mentioned once more before sending. */
const SURE = 0.85;
const SUBMIT = "[type=submit], [type=image], button:not([type])";

export class Scene {
  #form;
  #options;
  #visit;
  #words;
  /** The one element in the page; all that is shown lives in its shadow root. */
  #host = document.createElement("self-help");
  #peek;
  #resized;
  /** @type {string | undefined} the question with whose answer the article opened last was on screen */
  #queryId;
  #stop = new AbortController();

  /**
   * @param {{ form: HTMLFormElement, options: Options, api: Api, visit: Visit }} guest
   * @param {{ words: Words, lang: string, dir: string }} language
   */
  constructor({ form, options, api, visit }, language) {
    const { words, lang, dir } = language;
    this.#form = form;
    this.#options = options;
    this.#visit = visit;
    this.#words = words;
    this.absolute = api.absolute;
    this.list = new List(words, lang, this);
    this.#peek = button("", () => this.#lookAtList(), { class: "peek", hidden: "" });
    this.panel = new Panel(words, api, this);
    this.panel.dialog.addEventListener("close", () => this.list.settle());
    const { status, box, notice } = this.list;
    const content = h("div", { class: "root", lang, dir }, this.#peek, status, notice, box, this.panel.dialog);
    // The page's guards of keys and clicks are for the form's own, and so is Escape for a dialog that holds it.
    content.onkeydown = content.onkeyup = content.onclick = (/** @type {Event} */ event) => event.stopPropagation();
    content.style.colorScheme = options.theme ?? "";
    const root = this.#host.attachShadow({ mode: "open" });
    // A style sheet that is an object: no Content-Security-Policy for styles has to know of it.
    root.adoptedStyleSheets = [STYLE];
    root.append(content);
    this.#resized = new ResizeObserver(() => this.#arrange());
    this.#resized.observe(form);
    addEventListener("resize", () => this.#arrange(), { signal: this.#stop.signal });
  }

  /** Into the page, and again where a framework has redrawn it away, but not once destroyed. */
  place() {
    const { place } = this.#options;
    if (this.#host.isConnected || this.#stop.signal.aborted) return;
    ((place && this.#form.querySelector(place)) || endOf(this.#form)).after(this.#host);
  }

  /** @param {Answer | null} answer */
  offer(answer) {
    this.place();
    this.list.offer(answer);
  }

  /** One sentence instead of suggestions. @param {keyof Words} word @param {Record<string, string>} [values] */
  say(word, values = {}) {
    this.offer(null);
    this.list.box.hidden = true;
    this.list.say([fill(/** @type {string} */ (this.#words[word]), values)]);
  }

  /** Whether the customer sees the best suggestion, unread as it is, mentioned before sending. */
  remind() {
    const { best, notice } = this.list;
    if (!best || best.confidence < SURE || this.#visit.opened.has(best.slug)) return false;
    this.place();
    const [before, after] = this.#words.before.split("{title}");
    this.list.say([before, this.list.link(best), after]);
    return notice.checkVisibility();
  }

  destroy() {
    this.#stop.abort();
    this.#resized.disconnect();
    this.#host.remove();
  }

  /** @param {Answer | null} answer that is on screen now */
  shown(answer) {
    this.#arrange();
    if (answer?.suggestions.length) this.#visit.onScreen(answer);
  }

  /** Beside the form if there is room; below it a button at the field leads to a list out of sight. */
  #arrange() {
    const { box, count, pinned } = this.list;
    const { description, subject } = fieldsOf(this.#form, this.#options);
    const field = description ?? subject;
    this.#peek.hidden = true;
    if (!field || box.hidden || !this.#host.isConnected) return;
    const base = this.#host.getBoundingClientRect();
    // Rectangles are in pixels of the window, styles in those of the form, which `zoom` or `scale` may enlarge.
    const scale = base.width / this.#host.offsetWidth || 1;
    const px = (/** @type {number} */ length) => `${length / scale}px`;
    const room = this.#options.place ? undefined : roomBeside(this.#form, field, this.#host, scale);
    box.classList.toggle("beside", !!room);
    box.style.cssText = room
      ? `left:${px(room.left - base.left)};top:${px(room.top - base.top)};width:${px(room.width)}`
      : "";
    const seen = room || box.getBoundingClientRect().top < /** @type {VisualViewport} */ (visualViewport).height - 60;
    this.#peek.hidden = !!seen;
    this.#peek.textContent = count.textContent || pinned.textContent;
    const edge = field.getBoundingClientRect();
    this.#peek.style.cssText = `top:${px(edge.bottom - base.top)};right:${px(base.right - edge.right)}`;
  }

  #lookAtList() {
    this.list.box.scrollIntoView({ block: "nearest" });
    this.list.focus();
    this.#peek.hidden = true;
  }

  /** @param {Suggestion} suggestion @param {MouseEvent} event */
  pressed(suggestion, event) {
    if (!isPlainClick(event)) return this.opened(suggestion);
    event.preventDefault();
    const { left, right } = this.#form.getBoundingClientRect();
    this.panel.open(suggestion, left > innerWidth - right ? "left" : "right");
  }

  reading() {
    return this.panel.dialog.open;
  }

  /** @param {ArticleRef} article */
  opened(article) {
    this.#queryId = this.list.queryId;
    this.#visit.open(article, this.#queryId);
    this.list.markRead(article.slug);
  }

  /** @param {EventType} type @param {Partial<UsageEvent>} detail */
  told(type, detail) {
    this.#visit.record(type, { ...detail, query_id: this.#queryId });
    if (type === "solved") this.#visit.tell(type, detail);
  }

  goOn() {
    this.list.say([this.#words.noted]);
    /** @type {HTMLElement | null} */ (fieldsOf(this.#form, this.#options).description)?.focus();
  }

  anyway() {
    /** @type {HTMLElement | null} */ (this.#form.querySelector(SUBMIT))?.focus();
  }
}
