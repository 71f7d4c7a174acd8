/**
 * When to ask, and whose answer counts.
 *
 * @import { Config } from "./types.js"
 */

const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;

/**
 * Whether there is enough to ask about; a character of Chinese, Japanese or Korean says more than a letter.
 *
 * @param {string} text
 * @param {Pick<Config, "min_chars" | "min_chars_cjk">} config
 */
export function longEnough(text, config) {
  return [...text.trim()].length >= config.min_chars || (text.match(CJK)?.length ?? 0) >= config.min_chars_cjk;
}

/**
 * The newest question wins: an answer is shown only if neither `ask` nor `forget` was called after the
 * `ask` it belongs to, even where `answer` does not heed that it was aborted.
 *
 * @template Result
 * @param {object} steps
 * @param {(question: string, signal: AbortSignal) => Promise<Result>} steps.answer
 * @param {(result: Result, question: string) => void} steps.show
 * @param {(error: unknown, question: string) => void} steps.fail
 */
export function createNewest({ answer, show, fail }) {
  let timer = 0;
  let run = () => {};
  let current = new AbortController();

  function forget() {
    clearTimeout(timer);
    run = () => {};
    current.abort();
  }

  return {
    forget,
    /** What waits for its pause is asked now. */
    hurry: () => run(),
    /** @param {string} question @param {number} pause milliseconds before it is asked */
    ask(question, pause) {
      forget();
      const { signal } = (current = new AbortController());
      run = () => {
        run = () => {};
        answer(question, signal).then(
          (result) => signal.aborted || show(result, question),
          (error) => signal.aborted || fail(error, question),
        );
      };
      timer = /** @type {any} */ (setTimeout(() => run(), pause));
    },
  };
}

/**
 * Waits longer after each failure in a row: 2, 4, 8 … 60 s, or as long as the server says.
 *
 * @param {() => number} [now] milliseconds
 */
export function createBackoff(now = Date.now) {
  let failures = 0;
  let until = 0;
  return {
    /** Milliseconds to go. */
    wait: () => Math.max(0, until - now()),
    /** Whether to come back unasked: for about two minutes, then only when the customer types on. */
    hopeful: () => failures < 7,
    failed(retryAfter = 0) {
      failures += 1;
      until = now() + Math.max(retryAfter, Math.min(60_000, 1000 * 2 ** failures));
    },
    worked() {
      failures = 0;
      until = 0;
    },
  };
}
