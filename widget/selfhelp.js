/**
 * Puts help beside a support form: `<script type="module" async src=".../widget/selfhelp.js" data-form="#request">`
 * or `import { mount } from ".../widget/selfhelp.js"`. Nothing is sent or kept before the customer types.
 *
 * @import { Handle, Options } from "./types.js"
 */

import { Assistant } from "./assistant.js";
import { formsOf } from "./form.js";

const HOME = new URL("..", import.meta.url).href;
const SWAP_MS = 50;
/** Browsers without these are left alone. */
const ABLE = [AbortSignal.any, URL.canParse, Object.groupBy, "".toWellFormed].every(Boolean);

/** @type {WeakMap<HTMLFormElement, Handle>} */
const mounted = new WeakMap();
/** Where the page wants no help any more. @type {WeakSet<HTMLFormElement>} */
const destroyed = new WeakSet();

/**
 * Puts help beside `form`, where the browser is able to; mounting twice gives the same handle.
 *
 * @param {HTMLFormElement} form
 * @param {Partial<Options>} [options]
 * @returns {Handle}
 */
export function mount(form, options = {}) {
  const before = mounted.get(form);
  if (before) return before;
  const api = new URL(options.api ?? HOME, document.baseURI).href;
  const assistant = ABLE ? new Assistant(form, { ...options, api }) : undefined;
  const handle = {
    form,
    destroy() {
      assistant?.destroy();
      mounted.delete(form);
      destroyed.add(form);
    },
  };
  destroyed.delete(form);
  mounted.set(form, handle);
  return handle;
}

/** @returns {HTMLScriptElement[]} the tags that loaded this very module */
function ownTags() {
  return [...document.querySelectorAll("script")].filter((tag) => tag.src === import.meta.url);
}

/** Follows the page: forms may come late, go, or be swapped for others. */
function follow() {
  /** @type {Set<Handle>} */
  const handles = new Set();
  const look = () => {
    due = 0;
    for (const handle of handles) {
      const { form } = handle;
      if (form.isConnected || !handles.delete(handle) || destroyed.has(form)) continue;
      handle.destroy();
      // Not the page's wish: the form may come back.
      destroyed.delete(form);
    }
    for (const { dataset } of ownTags()) {
      const { form, ...options } = dataset;
      for (const one of formsOf(form)) {
        if (!destroyed.has(one)) handles.add(mount(one, /** @type {Partial<Options>} */ (options)));
      }
    }
  };
  let due = 0;
  look();
  const changed = () => (due ||= setTimeout(look, SWAP_MS));
  new MutationObserver(changed).observe(document, { childList: true, subtree: true });
}

if (ownTags().length) follow();
