/**
 * One article beside the form, which stays as it is behind it. What it links to opens in a new tab.
 *
 * @import { Api } from "./api.js"
 * @import { ArticleRef } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { articleNodes } from "./article.js";
import { button, h } from "./dom.js";
import { linkTo } from "./list.js";
import { Verdict } from "./verdict.js";
import { directionOf } from "./words.js";

/**
 * @typedef {object} Listeners
 * @property {(article: ArticleRef) => void} opened
 * @property {(article: ArticleRef, seconds: number) => void} closed
 * @property {(article: ArticleRef) => void} solved
 * @property {(article: ArticleRef, reason?: string) => void} notSolved
 * @property {() => void} goOn the panel has closed, the customer goes on with the form
 * @property {(score: number) => void} effort
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
  #loading = new AbortController();

  /** @param {Words} words @param {Api} api @param {Listeners} listeners */
  constructor(words, api, listeners) {
    this.#words = words;
    this.#api = api;
    this.#listeners = listeners;
    this.#title = h("h2", { id: "title", tabindex: "-1" });
    this.#full = h("a", { class: "full", target: "_blank", rel: "noopener" }, words.full);
    const close = button("×", () => this.dialog.close(), { class: "icon", "aria-label": words.close });
    this.#body = h("div", { class: "body", tabindex: "0", role: "region", "aria-labelledby": "title" });
    this.#verdict = new Verdict(words, {
      solved: () => this.#read && listeners.solved(this.#read.article),
      doubted: () => this.#doubt(""),
      goOn: (reason) => {
        if (reason) this.#doubt(reason);
        this.#leaveFor(listeners.goOn);
      },
      effort: listeners.effort,
      anyway: () => this.#leaveFor(listeners.anyway),
      done: () => this.dialog.close(),
    });
    const bar = h("div", { class: "bar" }, this.#full, close);
    this.dialog = h("dialog", { class: "panel", "aria-labelledby": "title" });
    this.dialog.append(h("div", { class: "frame" }, bar, this.#title, this.#body, this.#verdict.element));
    this.#listen();
  }

  /** @param {ArticleRef} article @param {"left" | "right"} side where the form leaves more room */
  open(article, side) {
    if (this.dialog.open) return;
    this.dialog.dataset.side = side;
    this.dialog.showModal();
    this.#read = { article, since: performance.now() };
    this.#listeners.opened(article);
    void this.#show(article);
  }

  /** The page goes away: what was read is told now. */
  leave() {
    this.#closed();
  }

  destroy() {
    this.#read = undefined;
    this.#loading.abort();
    this.dialog.remove();
  }

  #listen() {
    this.dialog.addEventListener("close", () => {
      this.#loading.abort();
      this.#closed();
    });
    // Escape is for this panel, not for a dialog of the page that holds the form.
    this.dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.#body.addEventListener("click", (event) => this.#followed(event));
  }

  /** @param {string} reason empty: none was given so far */
  #doubt(reason) {
    if (this.#read) this.#read.doubt = reason;
  }

  /** @param {() => void} then */
  #leaveFor(then) {
    this.dialog.close();
    then();
  }

  /** Tells how long the article shown was open and that it did not help, once. */
  #closed() {
    if (!this.#read) return;
    const { article, since, doubt } = this.#read;
    this.#read = undefined;
    this.#listeners.closed(article, Math.round((performance.now() - since) / 100) / 10);
    if (doubt !== undefined) this.#listeners.notSolved(article, doubt || undefined);
  }

  /** @param {ArticleRef} article */
  async #show(article) {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#title.textContent = article.title;
    this.#full.href = linkTo(article, (address) => this.#api.absolute(address)) ?? "";
    this.#verdict.ask();
    for (const part of [this.#title, this.#body]) {
      part.lang = article.locale;
      part.dir = directionOf(article.locale);
    }
    this.#body.replaceChildren(h("p", { class: "loading" }, this.#words.loading));
    this.#title.focus();
    try {
      const { html } = await this.#api.article(article.locale, article.slug, signal);
      this.#body.replaceChildren(...articleNodes(html, this.#api.base));
      this.#scrollTo(article.anchor);
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

  /** A link within the article, which the page's own address must not follow. @param {MouseEvent} event */
  #followed(event) {
    const href = /** @type {Element} */ (event.target).closest("a")?.getAttribute("href");
    if (!href?.startsWith("#")) return;
    event.preventDefault();
    this.#scrollTo(decodeURIComponent(href.slice(1)));
  }
}
