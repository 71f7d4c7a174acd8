/**
 * Somebody else's form: which one it is, which fields matter, what they say. Only reads.
 *
 * @import { Options } from "./types.js"
 */

const SUBJECT = ["subject", "title", "summary"]
  .map((name) => `input[name*="${name}" i]:not([type="hidden"])`)
  .join();
const DESCRIPTION = 'textarea:not([name*="captcha" i])';
const EMAIL = 'input[type="email"], input[name="email" i]';

/**
 * The forms a selector names (itself, around it or inside it), each as often as it does; without one the first
 * that has a textarea.
 *
 * @param {string} [selector]
 * @returns {HTMLFormElement[]}
 */
export function formsOf(selector) {
  if (!selector) {
    return [...document.forms].filter((form) => form.querySelector(DESCRIPTION)).slice(0, 1);
  }
  const found = [...document.querySelectorAll(selector)].map(
    (element) => element.closest("form") ?? element.querySelector("form"),
  );
  return /** @type {HTMLFormElement[]} */ (found.filter(Boolean));
}

/**
 * The fields as they are now: frameworks replace them while the customer types.
 *
 * @param {HTMLFormElement} form
 * @param {Partial<Options>} options
 */
export function fieldsOf(form, options) {
  return {
    subject: form.querySelector(options.subject || SUBJECT),
    description: form.querySelector(options.description || DESCRIPTION),
    email: form.querySelector(options.email || EMAIL),
  };
}

/**
 * What a field says; an editable element (a rich-text editor) says its visible text. A page that cuts it leaves
 * halves of pairs, which no server can read.
 *
 * @param {Element | null | undefined} field
 */
export function textOf(field) {
  const one = /** @type {HTMLInputElement | null | undefined} */ (field);
  return String(one?.value ?? one?.innerText ?? "").trim().toWellFormed();
}

/**
 * Subject and description as one question.
 *
 * @param {{ subject: Element | null, description: Element | null }} fields
 */
export function questionOf({ subject, description }) {
  return [textOf(subject), textOf(description)].filter(Boolean).join("\n");
}

/**
 * The language of the form, as its page says.
 *
 * @param {HTMLFormElement} form
 */
export function localeOf(form) {
  const named = /** @type {HTMLElement} */ (form.closest("[lang]") ?? document.documentElement);
  return named.lang || navigator.language;
}

/** The page's address without query and fragment, which may hold anything. */
export function pageAddress() {
  return location.href.split(/[?#]/)[0];
}

/**
 * The last piece of a form, or what holds it where its pieces stand in a row: after it nothing of the form
 * is moved.
 *
 * @param {HTMLFormElement} form
 * @returns {Element}
 */
export function endOf(form) {
  let end = form.lastElementChild ?? form;
  for (let box = end.parentElement; box && inRow(box); box = end.parentElement) end = box;
  return end;
}

/** @param {Element} box whether its children stand side by side */
function inRow(box) {
  const { display, flexDirection } = getComputedStyle(box);
  return display.includes("grid") || (display.includes("flex") && flexDirection.startsWith("row"));
}
