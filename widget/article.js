/** An article's HTML, made safe once more (the server has done so already) and fit to stand in the panel. */

const GONE =
  "script,style,link,meta,base,iframe,object,embed,template,svg,math,form,input,button,textarea,select,dialog";
const KEPT = /^(id|class|lang|dir|title|href|src|alt|width|height|align|colspan|rowspan|scope|start|open)$/;
const SAFE = /^(https?|mailto|tel):$/;

/** @type {{ createHTML(html: string): any } | undefined} */
let policy;

/**
 * On a page with `require-trusted-types-for 'script'` this needs `trusted-types selfhelp`; without it this
 * raises TypeError.
 *
 * @param {string} html
 * @param {string} base what its links and pictures are relative to
 * @returns {DocumentFragment}
 */
export function safeArticle(html, base) {
  policy ??= /** @type {any} */ (window).trustedTypes?.createPolicy("selfhelp", {
    createHTML: (/** @type {string} */ text) => text,
  });
  const { body } = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  for (const element of body.querySelectorAll(GONE)) element.remove();
  for (const element of body.querySelectorAll("*")) clean(element, base);
  const article = document.createDocumentFragment();
  article.append(...body.childNodes);
  return article;
}

/**
 * Addresses become absolute, or go if they could run something; links within the article stay.
 *
 * @param {Element} element
 * @param {string} base
 */
function clean(element, base) {
  for (const { name, value } of [...element.attributes]) {
    const address = name === "href" || name === "src";
    const url = address && URL.canParse(value, base) && new URL(value, base);
    if (address && value.startsWith("#")) continue;
    if (url && SAFE.test(url.protocol)) element.setAttribute(name, url.href);
    else if (address || !KEPT.test(name)) element.removeAttribute(name);
  }
  if (element.matches("img")) element.setAttribute("referrerpolicy", "no-referrer");
  if (element.matches('a:not([href^="#"])')) {
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener");
  }
}
