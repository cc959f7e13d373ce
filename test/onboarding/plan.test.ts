import { describe, expect, it } from "vitest";
import type { Solution, StructureKind } from "../../src/onboarding/index.js";
import {
  adviseDomain,
  adviseSolution,
  planOnboarding,
  planToHtml,
  planToIcs,
  planToMarkdown,
  SOLUTIONS,
  STEPS,
  STRUCTURES,
  strayDomains,
} from "../../src/onboarding/index.js";

const KINDS = Object.keys(STRUCTURES) as StructureKind[];
const WAYS = Object.keys(SOLUTIONS) as Solution[];
const plan = (rest: Partial<Parameters<typeof planOnboarding>[0]> = {}) =>
  planOnboarding({ structure: "hospital", solution: "connector", start: "2026-12-01", ...rest });

describe("the steps of the raccordement", () => {
  it("need only steps that exist, and none that waits for itself, for every structure and solution", () => {
    const ids = new Set(STEPS.map(({ id }) => id));
    expect(ids.size).toBe(STEPS.length);
    for (const { needs } of STEPS) for (const need of needs) expect(ids).toContain(need);
    for (const structure of KINDS)
      for (const solution of WAYS) expect(() => plan({ structure, solution })).not.toThrow();
  });
});

describe("a dated plan", () => {
  it("has each step after what it needs, on days that follow each other", () => {
    for (const solution of WAYS) {
      const { steps } = plan({ solution });
      const until = new Map(steps.map(({ step, until }) => [step.id, until]));
      for (const { step, from = "" } of steps)
        for (const end of step.needs.flatMap((need) => until.get(need) ?? [])) expect(from > end, step.id).toBe(true);
    }
  });

  it("asks oSIS of hospitals alone, a certificate for the connector alone, the day of setup for the gateway", () => {
    const ids = (structure: StructureKind, solution: Solution) =>
      plan({ structure, solution }).steps.map(({ step }) => step.id);
    expect(ids("hospital", "webmail")).toContain("osis");
    expect(ids("nursing-home", "webmail")).not.toContain("osis");
    expect(ids("hospital", "connector")).toContain("certificate");
    expect(ids("hospital", "embedded-mailbox")).not.toContain("certificate");
    expect(ids("hospital", "gateway")).toContain("gateway-setup");
    expect(ids("hospital", "webmail")).not.toContain("publisher-asked");
  });

  it("puts nothing to use before the duties of part 4 are done, nor opens a connector before its certificate is there", () => {
    for (const structure of KINDS)
      for (const solution of WAYS) {
        const { steps } = plan({ structure, solution, days: { certificate: 200, gdpr: 100, osis: 120 } });
        const until = new Map(steps.map(({ step, until = "" }) => [step.id, until]));
        const used = steps.filter(({ step }) => /^(connector-open|gateway-setup|accounts-finalised)$/.test(step.id));
        expect(used.length).toBeGreaterThan(0);
        for (const { step, from = "" } of used) {
          for (const duty of ["gdpr", "patient-notice", "osis"])
            expect(from > (until.get(duty) ?? ""), duty).toBe(true);
          if (step.id === "connector-open") expect(from > (until.get("certificate") ?? "")).toBe(true);
        }
      }
  });

  it("says what can be begun, what blocks, and what is done", () => {
    const first = plan();
    expect(first.next).toEqual(["form"]);
    expect(first.steps.find(({ step }) => step.id === "agreement")).toMatchObject({
      state: "blocked",
      blockedBy: ["form"],
    });
    const later = plan({ done: ["form", "agreement"] });
    expect(later.next).toContain("administrator");
    expect(later.steps.find(({ step }) => step.id === "form")).toMatchObject({ state: "done" });
    expect(later.steps.find(({ step }) => step.id === "form")).not.toHaveProperty("from");
  });

  it("is ready sooner with a generic domain than with one to declare", () => {
    const days = { agreement: 1, administrator: 1 };
    const own = plan({ solution: "webmail", days, domain: adviseDomain("hospital", "ch-exemple.mssante.fr") });
    const generic = plan({ solution: "webmail", days, domain: adviseDomain("hospital") });
    expect(own.ready > generic.ready).toBe(true);
  });

  it("marks the critical path: a day more on any of its steps is a day more for all", () => {
    const { steps, ready } = plan();
    const critical = steps.filter((each) => each.critical);
    expect(critical.length).toBeGreaterThan(2);
    for (const { step, duration } of critical)
      expect(plan({ days: { [step.id]: duration.days + 1 } }).ready > ready, step.id).toBe(true);
  });

  it.each([
    [{ start: "2026-02-30" }, "start"],
    [{ start: "demain" }, "start"],
    [{ done: ["nothing"] }, "done"],
    [{ days: { form: -1 } }, "days.form"],
    [{ days: { form: 1e9 } }, "days.form"],
  ])("refuses %j", (change, path) => {
    expect(() => plan(change)).toThrowError(expect.objectContaining({ code: "invalid_argument", path }));
  });

  it("is written as Markdown, as a page and as a calendar, in French and English", () => {
    const made = plan({ done: ["form"], domain: adviseDomain("hospital", "ch-exemple.mssante.fr") });
    for (const lang of ["fr", "en"] as const) {
      const [markdown, page] = [planToMarkdown(made, lang), planToHtml(made, lang)];
      for (const { step } of made.steps) {
        expect(markdown).toContain(step.id);
        expect(page).toContain(`id="${step.id}"`);
      }
      expect(page).toContain(`<html lang="${lang}">`);
    }
    const ics = planToIcs(made, new Date("2026-11-28T12:00:00Z"));
    expect(ics.split("\r\n").every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(ics.match(/BEGIN:VEVENT/g)).toHaveLength(
      made.steps.filter(({ state, step }) => state !== "done" && !step.lasting).length,
    );
    expect(ics).toContain("DTSTAMP:20261128T120000Z");
    expect(ics).not.toContain("UID:form-");
  });
});

describe("the domain of a structure (rac-dom)", () => {
  it("is the generic one of its kind unless one is wished", () => {
    expect(adviseDomain("practice-group")).toEqual({ domain: "pro.oc.mssante.fr", state: "generic", days: 0 });
    expect(adviseDomain("nursing-home").domain).toBe("ehpad.oc.mssante.fr");
    expect(adviseDomain("social").domain).toBe("social.oc.mssante.fr");
    expect(adviseDomain("other").domain).toBe("oc.mssante.fr");
  });

  it("is listed, or to be declared in about three weeks", () => {
    expect(adviseDomain("hospital", "CH-Exemple.mssante.fr.")).toEqual({
      domain: "ch-exemple.mssante.fr",
      state: "to-declare",
      days: 21,
    });
    expect(adviseDomain("hospital", "ch-exemple.mssante.fr", () => true).state).toBe("listed");
  });

  it.each(["mssante.fr", "ch.example", "-a.mssante.fr", "a b.mssante.fr", "patient.mssante.fr", ""])(
    "refuses %j",
    (wish) => {
      expect(() => adviseDomain("hospital", wish)).toThrowError(expect.objectContaining({ code: "invalid_argument" }));
    },
  );

  it("is one for all users: others are found", () => {
    expect(strayDomains(["a@x.mssante.fr", "b@X.mssante.fr", "c@y.mssante.fr"], "x.mssante.fr")).toEqual([
      "y.mssante.fr",
    ]);
  });
});

describe("choosing the solution by the guide's table (rac-modes)", () => {
  const best = (needs: Parameters<typeof adviseSolution>[0]) => adviseSolution(needs)[0]?.solution;

  it("advises what does what is asked", () => {
    expect(best({ automatic: true, where: "software" })).toBe("connector");
    expect(best({ automatic: false, where: "software" })).toBe("embedded-mailbox");
    expect(best({ where: "mobile" })).toBe("mobile");
    expect(best({ where: "browser", budget: false })).toBe("webmail");
  });

  it("puts below what lacks something it needs, and says what", () => {
    const found = adviseSolution({ where: "software", publisher: false, hds: false });
    const connector = found.find(({ solution }) => solution === "connector");
    expect(connector?.score).toBeLessThan(0);
    expect(connector?.against.map(({ en }) => en)).toContain("the publisher has no connector");
  });
});
