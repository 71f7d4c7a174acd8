/** Elements made without markup, so that no text can become any. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | undefined>} [attributes] undefined ones are left out
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} label
 * @param {(event: MouseEvent) => void} pressed
 * @param {Record<string, string>} [attributes]
 */
export function button(label, pressed, attributes = {}) {
  const element = h("button", { type: "button", ...attributes }, label);
  element.onclick = pressed;
  return element;
}

/**
 * Text with its highlighted stretches as `<mark>`.
 *
 * @param {string} text
 * @param {[number, number][]} ranges half-open, ascending, in code points (JavaScript counts UTF-16 units)
 * @returns {(Node | string)[]}
 */
export function marked(text, ranges) {
  const points = [...text];
  const parts = [];
  let at = 0;
  for (const [start, end] of ranges) {
    parts.push(points.slice(at, start).join(""), h("mark", {}, points.slice(start, end).join("")));
    at = end;
  }
  return [...parts, points.slice(at).join("")];
}

/** Whether a click means "in a new tab" or the like, which is the browser's to do. @param {MouseEvent} event */
export function isPlainClick(event) {
  return !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}
