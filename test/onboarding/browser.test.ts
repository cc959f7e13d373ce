import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { adviseDomain, planOnboarding, planToHtml } from "../../src/onboarding/index.js";
import { useVisits, visit } from "../rendering/browser.js";
import { describeWithProgram } from "../tools/programs.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const plan = planToHtml(
  planOnboarding({
    structure: "hospital",
    solution: "connector",
    start: "2027-01-04",
    done: ["form"],
    domain: adviseDomain("hospital", "ch-exemple.mssante.fr"),
  }),
);

describeWithProgram("chromium", "chromium", "a plan in a browser", () => {
  useVisits();

  it("asks for nothing, and its policy lets no script run", async () => {
    const { dom, requests } = await visit((base) =>
      plan.replace("</body>", `<script>document.documentElement.dataset.ran=1</script><img src="${base}/leak"></body>`),
    );
    expect(requests).toEqual([]);
    expect(dom).not.toMatch(/<html[^>]*data-ran/);
  });

  it("has nothing that axe finds against WCAG 2.1 AA", async () => {
    // The policy would keep axe out: it is judged without.
    const open = plan.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    const { dom } = await visit(() =>
      open.replace(
        "</body>",
        `<script>${axe}</script><script>axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }).then(({ passes, violations }) => {
  document.documentElement.dataset.axe = JSON.stringify({ passes: passes.length, found: violations.map(({ id, nodes }) => id + " " + nodes[0].html) });
});</script></body>`,
      ),
    );
    const told = /data-axe="([^"]*)"/
      .exec(dom)?.[1]
      ?.replaceAll("&quot;", '"')
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">");
    const { passes, found } = JSON.parse(told ?? "null") as { passes: number; found: string[] };
    expect(passes).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });
});
