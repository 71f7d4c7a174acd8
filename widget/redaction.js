/**
 * What identifies, charges or impersonates somebody, as far as that can be told for certain, is taken out of a
 * question before it leaves the browser. The server takes out more and leaves the same marks; both keep to
 * tests/usage/redaction_cases.json. Tickets are never redacted.
 */

const MAIL = /(?<![\p{sc=Latin}\d_.%+'-])[\p{sc=Latin}\d_.%+'-]+@[\p{sc=Latin}\d-]+(?:\.[\p{sc=Latin}\d-]+)+/gu;
// JSON web tokens, keys that say what they are, and anything long of both letters and digits.
const KEY =
  /(?<![\w-])(?:eyJ[\w-]{8,}(?:\.[\w-]+)+|(?:[spr]k|gh[opsur]|glpat|xox[abprs])[_-][\w-]{12,}|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{20,})/gi;
const PHONE = /(?<![\w+])\+\d(?:[\s./()-]{0,2}\d){6,14}(?!\d)/g;
// Wherever one may begin; where it ends, its check digits tell.
const IBAN = /(?<![a-z\d])(?=([a-z]{2}\d\d(?:[ -]?[a-z\d]){11,30}))/gi;
const CARD = /(?<![a-z\d])(?=(\d(?:[ .-]?\d){12,18}))/gi;

/** @param {string} text @returns {string} with digits of other scripts as plain ones */
export function redact(text) {
  const plain = text.replace(/(?!\d)\p{Nd}/gu, digitOf).replaceAll("＠", "@").replace(MAIL, "[email]");
  const withoutIbans = without(plain, IBAN, isIban, "[iban]");
  return without(withoutIbans, CARD, isCard, "[card]").replace(KEY, "[key]").replace(PHONE, "[phone]");
}

/** The digits of a script stand in a row, from 0. @param {string} char */
function digitOf(char) {
  let digit = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(/** @type {number} */ (char.codePointAt(0)) - digit - 1))) digit += 1;
  return String(digit % 10);
}

/**
 * @param {string} text
 * @param {RegExp} pattern whose group is the longest that a number can be where it matches
 * @param {(bare: string) => boolean} isNumber of letters and digits alone
 * @param {string} mark
 */
function without(text, pattern, isNumber, mark) {
  let kept = "";
  let done = 0;
  for (const { 1: run, index } of text.matchAll(pattern)) {
    if (index < done) continue;
    for (let end = run.length; end > 12; end -= 1) {
      const whole = !/[a-z\d]/i.test(text[index + end] ?? "");
      if (!whole || !isNumber(run.slice(0, end).replace(/[ .-]/g, ""))) continue;
      kept += text.slice(done, index) + mark;
      done = index + end;
      break;
    }
  }
  return kept + text.slice(done);
}

/** ISO 13616: the remainder by 97 is 1, letters counting from 10. @param {string} bare */
function isIban(bare) {
  const digits = [...bare.slice(4), ...bare.slice(0, 4)].map((char) => parseInt(char, 36)).join("");
  return bare.length > 14 && BigInt(digits) % 97n === 1n;
}

/** Luhn's check digit, ISO/IEC 7812: every second digit counts double, less 9 where that is more. @param {string} bare */
function isCard(bare) {
  let sum = 0;
  for (let place = 1; place <= bare.length; place += 1) {
    const counted = /** @type {any} */ (bare.at(-place)) * (2 - (place % 2));
    sum += counted > 9 ? counted - 9 : counted;
  }
  return bare.length > 12 && sum % 10 === 0;
}
