/** An article's HTML, made safe once more (the server has done so already) and fit to stand in the panel. */

const GONE =
  "script,style,link,meta,base,iframe,frame,object,embed,noscript,template,svg,math," +
  "form,input,button,textarea,select,dialog";
const KEPT = new Set(
  "id,class,lang,dir,title,href,src,alt,width,height,align,colspan,rowspan,scope,start,open,datetime".split(","),
);
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
  article.append(...[...body.childNodes].map((node) => document.importNode(node, true)));
  return article;
}

/** @param {Element} element @param {string} base */
function clean(element, base) {
  for (const { name, value } of [...element.attributes]) {
    if (!KEPT.has(name)) element.removeAttribute(name);
    else if (name === "href" || name === "src") relocate(element, name, value, base);
  }
  if (element.localName === "img") {
    element.setAttribute("loading", "lazy");
    element.setAttribute("referrerpolicy", "no-referrer");
  }
  if (element.localName === "a" && !element.getAttribute("href")?.startsWith("#")) {
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener");
  }
}

/**
 * Makes an address absolute, or takes it away if it could run something; links within the article stay.
 *
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 * @param {string} base
 */
function relocate(element, name, value, base) {
  if (value.startsWith("#")) return;
  const url = URL.canParse(value, base) ? new URL(value, base) : undefined;
  if (url && SAFE.test(url.protocol)) element.setAttribute(name, url.href);
  else element.removeAttribute(name);
}
