import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROFILES, REQUIREMENTS, requirement } from "../../src/compliance/index.js";
import { startMockMedimail } from "../../src/mock/index.js";
import { plansOf, SCENARIOS, Stage } from "../../src/validator/index.js";
import { inspectXdm, openXdm } from "../../src/xdm/index.js";
import { folderFor } from "./kit.js";

const folder = folderFor("scenarios");

describe("the scenarios", () => {
  it("are forty and more, each of its own name, with a title and steps in both languages", () => {
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length);
    for (const { id, title, titleEn, steps, seconds } of SCENARIOS) {
      expect(id).toMatch(/^[a-z0-9.-]{3,40}$/);
      for (const text of [title, titleEn, ...steps.flatMap((step) => [step.text, step.textEn])])
        expect(text).not.toBe("");
      expect([steps.length > 0, seconds > 0 && seconds <= 600]).toEqual([true, true]);
    }
  });

  it("name rows of the catalogue, by their id", () => {
    for (const { requirements } of SCENARIOS)
      for (const code of requirements) expect([code, requirement(code)?.id]).toEqual([code, code]);
  });

  it("show every row that a program can see, but for those that say why not", () => {
    const shown = new Set(SCENARIOS.flatMap(({ requirements }) => requirements));
    const missing = REQUIREMENTS.filter(({ id, seen }) => seen.includes("program") && !shown.has(id)).map(
      ({ id }) => id,
    );
    expect(missing).toEqual([
      // Seen in every scenario that succeeds: a server of TLS 1.2 alone is no scenario of its own.
      "ECO.1.1.2",
      // Two hours of silence: nobody waits for them here.
      "SC.SSI-IE.58",
      // Only through a real operator, never from the mock.
      "mes-test",
    ]);
  });

  it.each(PROFILES.filter((profile) => profile !== "all"))("are at least ten for %s", (profile) => {
    expect(plansOf(profile).length).toBeGreaterThanOrEqual(10);
  });
});

describe("the stage", { timeout: 60_000 }, () => {
  it("writes the documents of every scenario, and names them by absolute paths", async () => {
    await using mock = await startMockMedimail({ psc: true });
    const stage = await Stage.prepare(mock, { folder, plans: SCENARIOS, seed: "test" });
    for (const { steps } of stage.scenarios)
      for (const step of steps)
        if (step.action === "send")
          for (const { cda, pdf } of step.documents)
            expect([cda, pdf].filter((path) => path !== undefined && !existsSync(path))).toEqual([]);
    expect(stage.scenarios.map(({ id }) => id)).toEqual(SCENARIOS.map(({ id }) => id));
  });

  it("delivers the mails of a scenario when it begins, with archives that are sound", async () => {
    await using mock = await startMockMedimail();
    const plans = SCENARIOS.filter(({ id }) => id === "recu-remplacement");
    const stage = await Stage.prepare(mock, { folder, plans, seed: "test" });
    await stage.begin("recu-remplacement");
    const delivered = mock.observations.flatMap((seen) => (seen.kind === "delivered" ? [seen.what] : []));
    expect(delivered).toEqual(["document", "replace"]);
    const mails = mock.mailbox("martin.dupont@medecin.mssante.fr").messages();
    const archives = await Promise.all(
      mails.map(async ({ raw }) => {
        const base64 =
          /IHE_XDM\.ZIP[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/.exec(raw.toString("latin1"))?.[1] ?? "";
        return inspectXdm(await openXdm(Buffer.from(base64, "base64")));
      }),
    );
    expect(archives.map(({ documents }) => documents[0]?.action)).toEqual(["create", "replace"]);
    expect(archives.flatMap(({ problems }) => problems.filter(({ severity }) => severity === "error"))).toEqual([]);
  });

  it("sets the mock for a scenario and back, and says in the observations where it begins and ends", async () => {
    await using mock = await startMockMedimail();
    const plans = SCENARIOS.filter(({ id }) => ["tls-1.1", "envoi-niveau-1"].includes(id));
    const stage = await Stage.prepare(mock, { folder, plans, seed: "test" });
    await stage.begin("tls-1.1");
    const during = mock.faults.take("starttls")?.name;
    await stage.begin("envoi-niveau-1");
    const after = mock.faults.take("starttls");
    stage.step(1);
    stage.end();
    const told = mock.observations.flatMap((seen) =>
      seen.kind === "scenario" ? [`${seen.id} ${seen.what} ${seen.reason ?? ""}`.trim()] : [],
    );
    expect([during, after]).toEqual(["tls-1.1", undefined]);
    expect(told).toEqual([
      "tls-1.1 begin",
      "tls-1.1 end stopped",
      "envoi-niveau-1 begin",
      "envoi-niveau-1 step",
      "envoi-niveau-1 end done",
    ]);
  });

  it("has other documents in a repetition, and the same in the same run", async () => {
    await using mock = await startMockMedimail();
    const plans = SCENARIOS.filter(({ id }) => id === "envoi-niveau-1");
    const read = async (seed: string, repetition: number) => {
      const stage = await Stage.prepare(mock, { folder, plans, seed, date: new Date("2026-01-31T08:00:00Z") });
      const { steps } = await stage.begin("envoi-niveau-1", repetition);
      stage.end();
      const [step] = steps;
      return step?.action === "send"
        ? /<id root="(2\.25\.\d+)"/.exec(readFileSync(step.documents[0]?.cda ?? "", "utf8"))?.[1]
        : undefined;
    };
    const ids = [await read("a", 1), await read("a", 1), await read("a", 2), await read("b", 1)];
    expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3]);
  });
});
