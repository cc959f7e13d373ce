import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consoleFiles } from "../../src/console/index.js";

const folder = join(import.meta.dirname, "../../src/console/page");
const words = async (lang: "fr" | "en"): Promise<Record<string, string>> => {
  const file = join(folder, `words-${lang}.js`);
  const module = (await import(file)) as Record<string, Record<string, string>>;
  return module[lang.toUpperCase()] ?? {};
};
const source = readdirSync(folder)
  .filter((name) => name.endsWith(".js") && !name.startsWith("words-"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n");

describe("the words of the page", () => {
  it("are the same in both languages, with the same places for values", async () => {
    const [fr, en] = [await words("fr"), await words("en")];
    expect(Object.keys(en)).toEqual(Object.keys(fr));
    for (const key of Object.keys(fr)) expect([key, en[key]?.includes("{}")]).toEqual([key, fr[key]?.includes("{}")]);
  });

  it("are all asked for, and none is asked for that is not there", async () => {
    const fr = await words("fr");
    // Named in whole, or by a beginning that a value ends: t(`kind.${kind}`).
    const whole = new Set([...source.matchAll(/"([a-z0-9]+(?:\.[a-z0-9-]+)*)"/g)].map(([, key = ""]) => key));
    const begun = [...source.matchAll(/t\(`([a-z.]+)\.\$\{/g)].map(([, key = ""]) => key);
    const unused = Object.keys(fr).filter(
      (key) => !whole.has(key) && !begun.some((start) => key.startsWith(`${start}.`)),
    );
    expect(unused).toEqual([]);
    const asked = [...source.matchAll(/\bt\("([^"]+)"/g)].map(([, key = ""]) => key);
    expect(asked.filter((key) => fr[key] === undefined)).toEqual([]);
    expect(asked.length).toBeGreaterThan(80);
  });
});

describe("the files of the page", () => {
  it("name nothing of elsewhere, hold no script in their markup, and make no element of text", async () => {
    const files = await consoleFiles();
    expect([...files.keys()]).toEqual(expect.arrayContaining(["/", "/app.js", "/style.css"]));
    for (const [path, { bytes }] of files) {
      const text = Buffer.from(bytes).toString("utf8");
      expect([path, /https?:\/\/|@import|url\(/.exec(text)?.[0]]).toEqual([path, undefined]);
      expect([
        path,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/.exec(text)?.[0],
      ]).toEqual([path, undefined]);
    }
    const html = Buffer.from(files.get("/")?.bytes ?? []).toString("utf8");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son[a-z]+=|<style/i);
    expect(files.get("/")?.headers?.["content-security-policy"]).toContain("default-src 'none'; script-src 'self'");
  });
});
