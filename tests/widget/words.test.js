import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { fill, LANGUAGES, nearest, otherLanguage, plural } from "../../widget/words.js";

const FOLDER = new URL("../../widget/locales/", import.meta.url);
const read = async (language) => JSON.parse(await readFile(new URL(`${language}.json`, FOLDER), "utf8"));
const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
const english = await read("en");

test("the languages offered are the files there are", async () => {
  const files = (await readdir(FOLDER)).map((name) => name.replace(".json", ""));
  assert.deepEqual(files.sort(), [...LANGUAGES].sort());
});

for (const language of LANGUAGES) {
  test(`${language} says everything that English says, with the same places`, async () => {
    const words = await read(language);
    assert.deepEqual(Object.keys(words), Object.keys(english));
    const { found, ...sentences } = words;
    for (const [key, sentence] of Object.entries(sentences)) {
      assert.ok(sentence.trim(), key);
      assert.deepEqual(places(sentence), places(english[key]), key);
    }
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const needed = categories.filter((category) => category === "other" || [1, 2, 3, 10].some((n) => new Intl.PluralRules(language).select(n) === category));
    assert.deepEqual(needed.filter((category) => !found[category]), []);
  });

  test(`${language} is smaller than 1.3 KB`, async () => {
    const size = gzipSync(await readFile(new URL(`${language}.json`, FOLDER)), { level: 9 }).length;
    assert.ok(size < 1300, `${size} bytes`);
  });
}

test("a page's language leads to the nearest one there is", () => {
  const known = ["en", "de", "pt-BR", "zh-TW", "zh-CN"];
  const led = { "en-GB": "en", "de-AT": "de", DE: "de", pt: "pt-BR", "zh-Hant-HK": "zh-TW", "zh-TW": "zh-TW", zh: "zh-CN", "zh-SG": "zh-CN", tlh: "en", "": "en" };
  for (const [wanted, found] of Object.entries(led)) assert.equal(nearest(wanted, known), found, wanted);
});

test("a number takes the form its language wants", () => {
  assert.equal(plural(english.found, 1, "en"), "1 suggestion");
  assert.equal(plural(english.found, 3, "en"), "3 suggestions");
});

test("a place without a value stays to be seen", () => {
  assert.equal(fill("to {email}, {n}", { n: 2 }), "to {email}, 2");
});

test("a language is named only where it differs", () => {
  assert.equal(otherLanguage("en-GB", "en"), undefined);
  assert.equal(otherLanguage("zh-TW", "en"), "Chinese (Taiwan)");
});
