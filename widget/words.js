/**
 * The interface's words. English is always at hand; other languages are fetched when they are needed.
 */

import ENGLISH from "./locales/en.json" with { type: "json" };

/** @typedef {typeof ENGLISH} Words */

export const LANGUAGES = ["en", "ar", "de", "eo", "es", "fr", "ja", "pt-BR", "zh-CN", "zh-TW"];
const WAIT_MS = 3000;

/**
 * The language nearest to what the page speaks: `pt` gets `pt-BR`, `zh-Hant` `zh-TW`, unknown ones English.
 *
 * @param {string} wanted BCP 47
 * @param {string[]} [known]
 */
export function nearest(wanted, known = LANGUAGES) {
  const [language] = wanted.toLowerCase().split("-");
  const same = known.filter((one) => one.split("-")[0] === language);
  const traditional = /-(hant|tw|hk|mo)\b/i.test(wanted);
  return same.find((one) => one.endsWith("TW") === traditional) ?? same[0] ?? "en";
}

/** @param {string} locale which way it is written */
export function directionOf(locale) {
  return /^(ar|dv|fa|he|ps|ur|yi)\b/i.test(locale) ? "rtl" : "ltr";
}

/**
 * Never fails: what is missing or cannot be had is English.
 *
 * @param {string} locale
 * @returns {Promise<{ words: Words, lang: string, dir: string }>}
 */
export async function loadWords(locale) {
  const lang = nearest(locale);
  if (lang === "en") return { words: ENGLISH, lang, dir: "ltr" };
  try {
    const url = new URL(`locales/${lang}.json`, import.meta.url);
    const response = await fetch(url, { credentials: "omit", signal: AbortSignal.timeout(WAIT_MS) });
    return { words: { ...ENGLISH, ...(await response.json()) }, lang, dir: directionOf(lang) };
  } catch {
    return { words: ENGLISH, lang: "en", dir: "ltr" };
  }
}

/**
 * @param {string} sentence with places such as `{n}`
 * @param {Record<string, string | number>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/**
 * @param {Record<string, string>} forms by plural category
 * @param {number} n
 * @param {string} lang
 */
export function plural(forms, n, lang) {
  return fill(forms[new Intl.PluralRules(lang).select(n)] ?? forms.other, { n });
}

/**
 * The name of a language in the interface's language, or nothing when both are the same.
 *
 * @param {string} locale
 * @param {string} lang
 */
export function otherLanguage(locale, lang) {
  if (locale.split("-")[0] === lang.split("-")[0]) return undefined;
  return new Intl.DisplayNames([lang], { type: "language" }).of(locale);
}
