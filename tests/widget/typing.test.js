import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackoff, createNewest, longEnough } from "../../widget/typing.js";

const LIMITS = { min_chars: 3, min_chars_cjk: 2 };
const tick = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));

/** A small generator of its own, so that a failure can be repeated: mulberry32. */
function randomFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("three letters are enough, and two characters of Chinese, Japanese or Korean", () => {
  const enough = ["abc", " abc ", "黑屏", "한글", "かな", "a黑屏", "🖥️a"];
  const tooLittle = ["", "ab", "a ", "黑", "é "];
  assert.deepEqual(enough.filter((text) => !longEnough(text, LIMITS)), []);
  assert.deepEqual(tooLittle.filter((text) => longEnough(text, LIMITS)), []);
});

test("whatever the order of the answers, what is shown belongs to what was asked last", async () => {
  const random = randomFrom(11);
  for (let sequence = 0; sequence < 200; sequence += 1) {
    let shown = "";
    const newest = createNewest({
      answer: async (question) => {
        await tick(random() * 8);
        if (random() < 0.2) throw new Error("away");
        return question;
      },
      show: (answer) => (shown = answer),
      fail: () => (shown = ""),
    });
    let last = "";
    for (let key = 0; key < 6; key += 1) {
      if (random() < 0.2) newest.forget(), (last = shown = "");
      else newest.ask((last = `${sequence}-${key}`), random() * 2);
      await tick(random() * 4);
      assert.ok(shown === "" || !shown.startsWith(`${sequence}-${key + 1}`));
    }
    await tick(12);
    assert.ok(shown === last || shown === "", `${shown} shown for ${last}`);
  }
});

test("an answer that arrives after the field was emptied is not shown", async () => {
  const shown = [];
  const newest = createNewest({ answer: () => tick(5), show: () => shown.push(1), fail: () => shown.push(2) });
  newest.ask("question", 0);
  await tick(2);
  newest.forget();
  await tick(10);
  assert.deepEqual(shown, []);
});

test("what is overtaken before its pause is over is never asked", async () => {
  const asked = [];
  const newest = createNewest({ answer: async (question) => asked.push(question), show() {}, fail() {} });
  for (const question of ["a", "ab", "abc"]) newest.ask(question, 5);
  await tick(15);
  assert.deepEqual(asked, ["abc"]);
});

test("the wait doubles after each failure, obeys the server and ends with a success", () => {
  let now = 0;
  const backoff = createBackoff(() => now);
  const waits = [];
  for (let failure = 0; failure < 7; failure += 1) {
    backoff.failed();
    waits.push(backoff.wait());
  }
  assert.deepEqual(waits, [2000, 4000, 8000, 16000, 32000, 60000, 60000]);
  assert.equal(backoff.hopeful(), false);
  backoff.worked();
  assert.equal(backoff.wait(), 0);
  backoff.failed(90_000);
  now = 10_000;
  assert.equal(backoff.wait(), 80_000);
});

test("what is in a hurry is asked once, without its pause, and not again after that", async () => {
  const asked = [];
  const newest = createNewest({ answer: async (question) => asked.push(question), show() {}, fail() {} });
  newest.hurry();
  newest.ask("a", 10);
  newest.hurry();
  newest.hurry();
  assert.deepEqual(asked, ["a"]);
  newest.ask("b", 10);
  newest.forget();
  newest.hurry();
  await tick(25);
  assert.deepEqual(asked, ["a"]);
});
