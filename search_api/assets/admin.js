// Keyboard shortcuts. Everything can be reached without them: an element says in `data-keys` which key,
// or which two one after the other, act as a click on it; lines of a list are marked `data-row`.

const SEQUENCE_MS = 1500;
const FIELDS = "input:not([type=hidden]), select, textarea";

let first = "";
let firstAt = 0;

function isTyping(target) {
  return target instanceof Element && Boolean(target.closest("input, select, textarea, [contenteditable]"));
}

function press(keys) {
  const element = document.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
  element?.click();
  return Boolean(element);
}

function step(by) {
  const links = [...document.querySelectorAll("[data-row]")]
    .map((row) => row.querySelector("a, button"))
    .filter((link) => link?.checkVisibility());
  const at = links.findIndex((link) => link === document.activeElement || link.closest("[data-row]").contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1);
  links[next]?.focus();
  return links.length > 0;
}

function toFirstField() {
  const field = document.querySelector("main")?.querySelector(FIELDS);
  field?.focus();
  return Boolean(field);
}

function act(key) {
  const after = Date.now() - firstAt < SEQUENCE_MS ? first : "";
  first = "";
  if (after) return press(`${after} ${key}`);
  if (key === "g") {
    [first, firstAt] = [key, Date.now()];
    return true;
  }
  if (key === "j") return step(1);
  if (key === "k") return step(-1);
  if (key === "/") return toFirstField();
  return press(key);
}

document.addEventListener("keydown", (event) => {
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  const busy = isTyping(event.target) || document.querySelector("dialog[open]");
  if (modified || busy || event.isComposing || event.key === "Enter" || event.repeat && !"jk".includes(event.key)) return;
  if (act(event.key)) event.preventDefault();
});

for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.hidden = false;
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
}
