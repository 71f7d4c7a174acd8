/**
 * Who is asking: a session per tab, a person for 30 days at most. What the browser refuses to keep is kept
 * here, and forgotten with the page.
 *
 * @import { Options } from "./types.js"
 */

const SESSION = "selfhelp.session";
const PERSON = "selfhelp.person";
/** 30 days. */
const PERSON_MS = 2_592_000_000;

/** @type {Record<string, unknown>} by key, where storage is full or forbidden */
const refused = {};

/** @param {"localStorage" | "sessionStorage"} area @param {string} key @returns {any} */
export function read(area, key) {
  try {
    return refused[key] ?? JSON.parse(/** @type {string} */ (window[area].getItem(key)));
  } catch {
    return null;
  }
}

/** @param {"localStorage" | "sessionStorage"} area @param {string} key @param {unknown} value */
export function write(area, key, value) {
  delete refused[key];
  try {
    window[area].setItem(key, JSON.stringify(value));
  } catch {
    refused[key] = value;
  }
}

/** @returns {string | undefined} the id the server gave this tab */
export function sessionId() {
  return read("sessionStorage", SESSION) ?? undefined;
}

/** @param {string | null} id */
export function keepSession(id) {
  write("sessionStorage", SESSION, id);
}

/**
 * The page's name for its user, else a random one unless that is turned off.
 *
 * @param {Pick<Options, "user" | "person">} options
 * @returns {string | undefined}
 */
export function personOf({ user, person }) {
  if (user || person === "off") return user ? `${user}` : undefined;
  const kept = read("localStorage", PERSON);
  if (kept?.until > Date.now()) return kept.id;
  const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
  write("localStorage", PERSON, { id, until: Date.now() + PERSON_MS });
  return id;
}
