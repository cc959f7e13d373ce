import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import {
  activityIndicators,
  certificatePaper,
  certificateRenewal,
  fillTemplate,
  indicatorsToHtml,
  paperToHtml,
  planIndicators,
  sheetInput,
  sheetToHtml,
  TEMPLATE_NAMES,
  technicalSheet,
} from "../../src/onboarding/index.js";
import { useVisits, visit } from "../rendering/browser.js";
import { describeWithProgram } from "../tools/programs.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** In every place where a structure's own words stand. */
const HOSTILE =
  '"><img src="/leak"><script>document.documentElement.dataset.ran=1</script><style>@import "/leak"</style><a href="javascript:alert(1)" onclick="x">';

const plan = planIndicators({ since: "2026-10-01", until: "2026-11-15" });
const step = (day: string): number => Math.floor(Date.parse(`${day}T10:00:00Z`) / plan.stepMs);
const states = ["integrated", "read", "delivered", "accepted", "refused", "failed", "queued"] as const;
const indicators = activityIndicators(
  {
    sent: states.flatMap((state, index) =>
      plan.periods.map(({ from }, day) => ({
        step: step(from),
        action: "create",
        kind: "professional" as const,
        state,
        recipients: 5 + index + (day % 7),
        ...(state === "refused" ? { reason: HOSTILE } : {}),
      })),
    ),
    mails: [],
    receipts: [{ step: step("2026-10-05"), kind: "dsn", matched: false, count: 2 }],
    received: [],
  },
  plan,
  HOSTILE,
);
const config = parseConfig({
  mailbox: { address: "labo@ch-exemple.mssante.fr", type: "APP" },
  operator: "discover",
  auth: { method: "certificate", p12: "x.p12" },
  software: { name: HOSTILE, version: "1", nil: "N" },
  sender: { label: HOSTILE },
});
const renewal = certificateRenewal("2027-01-15T00:00:00Z", "2026-11-28");
const values = Object.fromEntries(
  ["structure", "address", "dpo", "mailbox", "service"].map((field) => [field, HOSTILE]),
);

/** Every page that these parts give. */
const PAGES: Readonly<Record<string, () => string>> = {
  indicators: () => indicatorsToHtml(indicators),
  "indicators in English": () => indicatorsToHtml(indicators, "en"),
  sheet: () =>
    sheetToHtml(
      technicalSheet(sheetInput(config, { date: "2026-11-28", contacts: { technical: HOSTILE } })),
      "fr",
      renewal,
    ),
  certificate: () => paperToHtml(certificatePaper("fr", renewal), "fr"),
  ...Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, () => fillTemplate(name, values).page])),
};

describeWithProgram("chromium", "chromium", "the pages of the raccordement in a browser", () => {
  useVisits();

  it.each(Object.keys(PAGES))(
    "%s runs no script and asks for nothing, whatever a structure is called",
    async (name) => {
      const { dom, requests } = await visit(() => PAGES[name]?.() ?? "");
      expect(dom).toContain("</main>");
      expect(dom).not.toMatch(/<html[^>]*data-ran/);
      expect(dom).not.toMatch(/<(img|script|a|iframe)\b/);
      expect(requests).toEqual([]);
    },
  );

  it.each(Object.keys(PAGES))("%s breaks no rule of WCAG 2.1 A and AA that axe knows", async (name) => {
    const page = PAGES[name]?.() ?? "";
    // Its policy would keep axe out too.
    const open = page.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    expect(open).not.toBe(page);
    const run = `<script>${axe}</script><script>
axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then(({ passes, violations }) => {
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200)));
  document.documentElement.dataset.axe = JSON.stringify({ passes: passes.map(({ id }) => id), found });
});</script></body>`;
    const { dom } = await visit(() => open.replace("</body>", () => run));
    const told = /data-axe="([^"]*)"/.exec(dom)?.[1] ?? "null";
    const { passes, found } = JSON.parse(
      told.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
    );
    expect(passes).toContain("color-contrast");
    expect(found).toEqual([]);
  });

  it("draws the charts: bars have a size and a colour in the browser, under the page's own policy", async () => {
    const { dom } = await visit(() => indicatorsToHtml(indicators));
    expect([...dom.matchAll(/<rect /g)].length).toBeGreaterThan(states.length * plan.periods.length);
    expect(dom).toContain('role="img"');
  });
});

it("each page is of its language, holds to a strict policy, and has one main heading", () => {
  for (const [name, page] of Object.entries(PAGES)) {
    const html = page();
    expect(html).toContain(`<html lang="${name.endsWith("English") ? "en" : "fr"}">`);
    expect(html).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'"/,
    );
    expect([...html.matchAll(/<h1>/g)]).toHaveLength(1);
    expect(html).toContain("@media print");
  }
});
