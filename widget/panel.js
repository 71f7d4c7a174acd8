/**
 * One article beside the form, which stays as it is behind it. Articles linked from it open in it too.
 *
 * @import { Api } from "./api.js"
 * @import { ArticleRef } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { articleNodes } from "./article.js";
import { button, h, isPlainClick } from "./dom.js";
import { linkTo } from "./list.js";
import { Verdict } from "./verdict.js";
import { directionOf } from "./words.js";

const HELP = /\/help\/([^/]+)\/([^/]+)\/?$/;

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
  #back;
  #full;
  #body;
  #verdict;
  /** @type {{ article: ArticleRef, since: number, doubt?: string }[]} the articles on the way to the one shown */
  #path = [];
  #loading = new AbortController();

  /** @param {Words} words @param {Api} api @param {Listeners} listeners */
  constructor(words, api, listeners) {
    this.#words = words;
    this.#api = api;
    this.#listeners = listeners;
    this.#title = h("h2", { id: "title", tabindex: "-1" });
    this.#back = button("‹", () => this.#goBack(), { class: "icon", "aria-label": words.back });
    this.#full = h("a", { class: "full", target: "_blank", rel: "noopener" }, words.full);
    const close = button("×", () => this.dialog.close(), { class: "icon", "aria-label": words.close });
    this.#body = h("div", { class: "body", tabindex: "0", role: "region", "aria-labelledby": "title" });
    this.#verdict = new Verdict(words, {
      solved: () => this.#article && listeners.solved(this.#article),
      doubted: () => this.#doubt(""),
      goOn: (reason) => {
        if (reason) this.#doubt(reason);
        this.#leaveFor(listeners.goOn);
      },
      effort: listeners.effort,
      anyway: () => this.#leaveFor(listeners.anyway),
      done: () => this.dialog.close(),
    });
    const bar = h("div", { class: "bar" }, this.#back, this.#full, close);
    this.dialog = h("dialog", { class: "panel", "aria-labelledby": "title" });
    this.dialog.append(h("div", { class: "frame" }, bar, this.#title, this.#body, this.#verdict.element));
    this.#listen();
  }

  /** @param {ArticleRef} article @param {"left" | "right"} side where the form leaves more room */
  open(article, side) {
    if (this.dialog.open) return;
    this.dialog.dataset.side = side;
    this.#path = [];
    this.dialog.showModal();
    this.#go(article);
  }

  /** The page goes away: what was read is told now. */
  leave() {
    this.#closed();
  }

  destroy() {
    this.#path = [];
    this.#loading.abort();
    this.dialog.remove();
  }

  get #article() {
    return this.#path.at(-1)?.article;
  }

  #listen() {
    this.dialog.addEventListener("close", () => {
      this.#loading.abort();
      this.#closed();
      this.#path = [];
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
    const top = this.#path.at(-1);
    if (top) top.doubt = reason;
  }

  /** @param {() => void} then */
  #leaveFor(then) {
    this.dialog.close();
    then();
  }

  /** Tells how long the article shown was open and that it did not help, once. */
  #closed() {
    const top = this.#path.at(-1);
    if (!top?.since) return;
    this.#listeners.closed(top.article, Math.round((performance.now() - top.since) / 100) / 10);
    if (top.doubt !== undefined) this.#listeners.notSolved(top.article, top.doubt || undefined);
    top.since = 0;
    top.doubt = undefined;
  }

  /** @param {ArticleRef} article */
  #go(article) {
    this.#closed();
    this.#path.push({ article, since: performance.now() });
    this.#listeners.opened(article);
    void this.#show(article);
  }

  #goBack() {
    this.#closed();
    this.#path.pop();
    const top = this.#path.at(-1);
    if (!top) return;
    top.since = performance.now();
    void this.#show(top.article);
  }

  /** @param {ArticleRef} article */
  async #show(article) {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    this.#title.textContent = article.title;
    this.#back.hidden = this.#path.length < 2;
    this.#head(article);
    this.#verdict.ask();
    for (const part of [this.#title, this.#body]) {
      part.lang = article.locale;
      part.dir = directionOf(article.locale);
    }
    this.#body.replaceChildren(h("p", { class: "loading" }, this.#words.loading));
    this.#title.focus();
    try {
      const { title, html, url } = await this.#api.article(article.locale, article.slug, signal);
      this.#title.textContent = title;
      this.#head({ ...article, url });
      this.#body.replaceChildren(...articleNodes(html, this.#api.base));
      this.#scrollTo(article.anchor);
    } catch {
      if (!signal.aborted) this.#body.replaceChildren(h("p", { role: "alert" }, this.#words.failed));
    }
  }

  /** @param {{ url: string, anchor: string }} target */
  #head(target) {
    const href = linkTo(target, (address) => this.#api.absolute(address));
    if (href) this.#full.href = href;
  }

  /** @param {string} anchor */
  #scrollTo(anchor) {
    const target = anchor && this.#body.querySelector(`#${CSS.escape(anchor)}`);
    if (!target) this.#body.scrollTop = 0;
    else this.#body.scrollTop += target.getBoundingClientRect().top - this.#body.getBoundingClientRect().top;
  }

  /** @param {MouseEvent} event a click somewhere in the article */
  #followed(event) {
    const link = /** @type {Element} */ (event.target).closest("a");
    const href = link?.getAttribute("href");
    if (!link || !href || !isPlainClick(event)) return;
    const url = new URL(href, this.#api.base);
    const help = url.href.startsWith(this.#api.base) && HELP.exec(url.pathname);
    if (!href.startsWith("#") && !help) return;
    event.preventDefault();
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (!help) this.#scrollTo(anchor);
    else {
      const [locale, slug] = help.slice(1).map(decodeURIComponent);
      this.#go({ locale, slug, anchor, url: url.href, title: link.textContent ?? "" });
    }
  }
}
