/**
 * An article's HTML as nodes that fit the panel. It was made safe when it was indexed, and comes from the
 * server that this very script comes from: to make it safe once more would defend against nothing.
 */

/** @type {{ createHTML(html: string): any } | undefined} */
let policy;

/**
 * On a page with `require-trusted-types-for 'script'` this needs `trusted-types selfhelp`; without it this
 * raises TypeError.
 *
 * @param {string} html
 * @param {string} base what its links and pictures are relative to
 * @returns {Node[]}
 */
export function articleNodes(html, base) {
  policy ??= /** @type {any} */ (window).trustedTypes?.createPolicy("selfhelp", {
    createHTML: (/** @type {string} */ text) => text,
  });
  const { body } = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  for (const name of ["href", "src"]) {
    for (const element of body.querySelectorAll(`[${name}]:not([${name}^="#"])`)) {
      element.setAttribute(name, new URL(element.getAttribute(name) ?? "", base).href);
    }
  }
  return [...body.childNodes];
}
