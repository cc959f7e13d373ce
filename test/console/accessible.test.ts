import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { DUPONT, LABO, smtpClient, submit } from "../mock/kit.js";
import { describeWithProgram } from "../tools/programs.js";
import { type OpenedPage, openPage, useBrowser } from "./browser.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = '{ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }';

/** What axe finds in the page as it is. */
async function violations({ page }: OpenedPage): Promise<string[]> {
  await page.evaluate(axe);
  const told = (await page.evaluate(
    `axe.run(document, ${RULES}).then(({ passes, violations }) => ({ passes: passes.length, found: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 160))) }))`,
  )) as { passes: number; found: string[] };
  expect(told.passes).toBeGreaterThan(10);
  return told.found;
}

const steps = [{ action: "send", text: "Envoyez", textEn: "Send" }];
const SCENARIOS: NonNullable<OpenedPage["mock"]["scenarios"]> = {
  scenarios: [{ id: "envoi", title: "Envoi", titleEn: "Sending", requirements: ["ECO.2.1.1"], steps, seconds: 60 }],
  current: { id: "envoi", since: "2026-01-01T00:00:00Z", step: 1 },
  begin() {},
  end() {},
  results: () => [
    { code: "A", title: "x", obligation: "M", verdict: "pass", evidence: [] },
    { code: "B", title: "y", obligation: "M", verdict: "fail", evidence: [{ what: "z", where: "mail 1", at: "" }] },
  ],
};

describeWithProgram("chromium", "chromium", "the page of the mock, for who cannot see it or sees badly", () => {
  useBrowser();

  it.each([
    ["fr", "light"],
    ["en", "dark"],
  ])("breaks no rule of WCAG 2.2 A and AA that axe knows, in any view (%s, %s)", async (lang, scheme) => {
    await using opened = await openPage();
    const { page, mock, see, press, view } = opened;
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    mock.scenarios = SCENARIOS;
    await submit(await smtpClient(mock, LABO), "a@t.fr");
    mock.faults.add({ name: "bounce", times: 2 });
    if (lang === "en") await press("English");
    await see(DUPONT);
    await opened.click(`button[data-key="${DUPONT}"]`);
    await press(lang === "fr" ? "Un document" : "A document");
    await opened.click('button[data-key="uid-2"]');
    await page.waitForSelector("iframe");
    const found: Record<string, string[]> = { mailboxes: await violations(opened) };
    for (const [id, sign] of [
      ["traffic", ".log div"],
      ["faults", "table"],
      ["scenarios", "table"],
      ["access", "fieldset"],
      ["clock", "fieldset"],
    ] as const) {
      await view(id);
      await page.waitForSelector(`main ${sign}`);
      found[id] = await violations(opened);
    }
    expect(found).toEqual({ mailboxes: [], traffic: [], faults: [], scenarios: [], access: [], clock: [] });
  });

  it("would be told of a pale text: the test itself works", async () => {
    await using opened = await openPage();
    await opened.see(DUPONT);
    await opened.page.evaluate(`(() => { const pale = document.createElement("p"); pale.textContent = "pâle";
      const sheet = new CSSStyleSheet(); sheet.replaceSync(".pale { color: #bbb; background: #fff }"); document.adoptedStyleSheets = [sheet];
      pale.className = "pale"; document.querySelector("main").append(pale); })()`);
    expect((await violations(opened)).map((fault) => fault.split(":")[0])).toEqual(["color-contrast"]);
  });

  it("can be hit by a finger: what opens a scenario is 24 pixels high at least (WCAG 2.5.8)", async () => {
    await using opened = await openPage({}, { width: 1200, height: 800 });
    const { page, mock, see, view } = opened;
    mock.scenarios = SCENARIOS;
    await see(DUPONT);
    await view("scenarios");
    await page.waitForSelector("summary");
    const heights = `[...document.querySelectorAll("summary")].map((each) => each.getBoundingClientRect().height)`;
    const low = ((await page.evaluate(heights)) as number[]).filter((height) => height < 24);
    expect(low).toEqual([]);
  });

  it("fits a narrow screen without scrolling sideways (WCAG 1.4.10)", async () => {
    await using opened = await openPage({}, { width: 320, height: 700 });
    const { page, see, view } = opened;
    await see(DUPONT);
    for (const id of ["mailboxes", "traffic", "faults", "access", "clock"]) {
      await view(id);
      await page.waitForSelector("main h2");
      expect([id, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([id, 320]);
    }
  });
});
