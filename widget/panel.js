/**
 * One article beside the form, which stays as it is behind it. Articles it links to open in its place, and
 * "back" leads the way back; all else opens in a new tab.
 *
 * @import { Api } from "./api.js"
 * @import { ArticleRef, EventType, UsageEvent } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { articleNodes } from "./article.js";
import { button, h, isPlainClick } from "./dom.js";
import { linkTo } from "./list.js";
import { Verdict } from "./verdict.js";
import { directionOf } from "./words.js";

/**
 * @typedef {object} Listeners
 * @property {(address: string) => string} absolute
 * @property {(article: ArticleRef) => void} opened
 * @property {(type: EventType, detail: Partial<UsageEvent>) => void} told
 * @property {() => void} goOn the panel has closed, the customer goes on with the form
 * @property {() => void} anyway the panel has closed, the customer sends the request all the same
 */

export class Panel {
  #words;
  #api;
  #listeners;
  #title;
  #full;
  #body;
  #verdict;
  /** @type {{ article: ArticleRef, since: number, doubt?: string } | undefined} the article shown */
  #read;
  /** @type {ArticleRef[]} what "back" leads to */
  #trail = [];
  #loading = new AbortController();

  /** @param {Words} words @param {Api} api @param {Listeners} listeners */
  constructor(words, api, listeners) {
    this.#words = words;
    this.#api = api;
    this.#listeners = listeners;
    this.#title = h("h2", { id: "title", tabindex: "-1" });
    this.#full = h("a", { class: "full", target: "_blank" }, words.full);
    const back = button(words.back, () => this.#back(), { class: "back" });
    const close = button("×", () => this.done(), { class: "icon", "aria-label": words.close });
    this.#body = h("div", { class: "body", tabindex: "0", role: "region", "aria-labelledby": "title" });
    this.#verdict = new Verdict(words, this);
    const bar = h("div", { class: "bar" }, back, this.#full, close);
    this.dialog = h("dialog", { class: "panel", "aria-labelledby": "title" });
    this.dialog.append(h("div", { class: "frame" }, bar, this.#title, this.#body, this.#verdict.element));
    this.#listen();
  }

  /** @param {ArticleRef} article @param {"left" | "right"} side where the form leaves more room */
  open(article, side) {
    if (this.dialog.open) return;
    this.dialog.dataset.side = side;
    this.dialog.showModal();
    this.#trail = [];
    this.#turnTo(article);
  }

  #listen() {
    this.dialog.onclose = () => {
      this.#loading.abort();
      this.leave();
    };
    this.dialog.onclick = ({ target }) => {
      if (target === this.dialog) this.done();
    };
    this.#body.onclick = (event) => this.#followed(event);
  }

  done() {
    this.dialog.close();
  }

  solved() {
    this.#listeners.told("solved", { slug: this.#read?.article.slug });
  }

  /** @param {string} reason */
  doubted(reason) {
    if (this.#read) this.#read.doubt = reason;
  }

  /** @param {number} score */
  effort(score) {
    this.#listeners.told("effort", { score });
  }

  goOn() {
    this.done();
    this.#listeners.goOn();
  }

  anyway() {
    this.done();
    this.#listeners.anyway();
  }

  /** @param {ArticleRef} article */
  #turnTo(article) {
    this.leave();
    this.#read = { article, since: performance.now() };
    this.#listeners.opened(article);
    void this.#show(article);
  }

  #back() {
    const before = this.#trail.pop();
    if (before) this.#turnTo(before);
    else this.done();
  }

  /** Tells how long the article shown was open and that it did not help, once. */
  leave() {
    if (!this.#read) return;
    const { article: { slug }, since, doubt } = this.#read;
    this.#read = undefined;
    this.#listeners.told("closed", { slug, seconds: Math.round((performance.now() - since) / 100) / 10 });
    if (doubt !== undefined) this.#listeners.told("not_solved", { slug, reason: doubt || undefined });
  }

  /** @param {ArticleRef} article */
  async #show(article) {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#title.textContent = article.title;
    this.#full.href = linkTo(article, this.#listeners.absolute) ?? "";
    this.#verdict.ask();
    for (const part of [this.#title, this.#body]) {
      part.lang = article.locale;
      part.dir = directionOf(article.locale);
    }
    this.#body.replaceChildren(h("p", {}, this.#words.loading));
    this.#title.focus();
    try {
      const { html, title } = await this.#api.article(article.locale, article.slug, signal);
      this.#title.textContent = title;
      this.#body.replaceChildren(...articleNodes(html, this.#api.base));
      this.#scrollTo(article.anchor);
      this.#body.scrollTop = article.top ?? this.#body.scrollTop;
    } catch {
      if (!signal.aborted) this.#body.replaceChildren(h("p", { role: "alert" }, this.#words.failed));
    }
  }

  /** @param {string} anchor */
  #scrollTo(anchor) {
    const target = anchor && this.#body.querySelector(`#${CSS.escape(anchor)}`);
    if (!target) this.#body.scrollTop = 0;
    else this.#body.scrollTop += target.getBoundingClientRect().top - this.#body.getBoundingClientRect().top;
  }

  /** A link within the article, or to another one, is followed here. @param {MouseEvent} event */
  #followed(event) {
    const link = /** @type {Element} */ (event.target).closest("a");
    const href = link?.getAttribute("href") ?? "";
    if (href.startsWith("#")) {
      event.preventDefault();
      this.#scrollTo(decodeURIComponent(href.slice(1)));
    } else if (link && isPlainClick(event)) {
      link.target = "_blank";
      const article = articleAt(href, link.textContent, this.#api.absolute("/help/"));
      if (!article || !this.#read) return;
      event.preventDefault();
      this.#trail.push({ ...this.#read.article, top: this.#body.scrollTop });
      this.#turnTo(article);
    }
  }
}

/**
 * The article that an address of the help centre leads to, if it does.
 *
 * @param {string} url
 * @param {string} title
 * @param {string} home address of the help centre
 * @returns {ArticleRef | undefined}
 */
function articleAt(url, title, home) {
  const found = url.startsWith(home) && /^(?!images\/)([^/]+)\/([^/#?]+)#?(.*)/.exec(url.slice(home.length));
  if (!found) return undefined;
  const [locale, slug, anchor] = found.slice(1).map(decodeURIComponent);
  return { locale, slug, anchor, title, url };
}
