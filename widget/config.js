/**
 * Limits and delays: the server's, asked for once per page when the first customer types; these until then
 * and where the server cannot be reached.
 *
 * @import { Config } from "./types.js"
 * @import { Api } from "./api.js"
 */

/** @type {Config} */
export const DEFAULTS = {
  debounce_ms: 150,
  min_chars: 3,
  min_chars_cjk: 2,
  limit: 3,
  max_text_chars: 20_000,
  request_timeout_ms: 3000,
  event_batch: 20,
  event_flush_ms: 5000,
};

/** @type {Map<string, Promise<Partial<Config> | void>>} */
const asked = new Map();

/** Never fails: without an answer the defaults stay. @param {Api} api @returns {Promise<Config>} */
export async function configOf(api) {
  const answer = asked.get(api.base) ?? api.config().catch(() => {});
  asked.set(api.base, answer);
  return { ...DEFAULTS, ...(await answer) };
}
