import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { redact } from "../../widget/redaction.js";

// The server's redaction keeps to the same cases.
const cases = JSON.parse(await readFile(new URL("../usage/redaction_cases.json", import.meta.url), "utf8"));

for (const { name, text, redacted, in_browser } of cases.filter((one) => one.in_browser)) {
  test(`${name}: taken out, or kept, as the server does`, () => assert.equal(redact(text), redacted, in_browser));
}

test("what cannot be told for certain is left to the server", () => {
  const texts = ["order 12345678", "card 4111 1111 1111 1112", "DE89 3704 0044 0532 0130 07 is wrong", "030 1234567"];
  assert.deepEqual(texts.map(redact), texts);
});

test("a number is found after what only looks like the beginning of one", () => {
  assert.equal(redact("ab12 DE89 3704 0044 0532 0130 00, 12 4111 1111 1111 1111 12/26"), "ab12 [iban], 12 [card] 12/26");
});

test("a text as long as the server takes is read in no time", () => {
  const pieces = ["a", "a.", "1", "1 ", "ab12", "ab12 ", "+1 ", "a1", "sk_", "٤", "a@b."];
  for (const piece of pieces) {
    const began = performance.now();
    redact(piece.repeat(20_000 / piece.length));
    assert.ok(performance.now() - began < 1000, `${piece}: ${performance.now() - began} ms`);
  }
});
