import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { overallState } from "../../src/cli/views/outbox.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { writeDocuments } from "./documents.js";
import { cli, startCli, temporaryFolder } from "./harness.js";

interface Row {
  submission: string;
  key: string | null;
  action: string;
  createdAt: string;
  state: string;
  recipients: {
    address: string;
    kind: string;
    state: string;
    messageId: string;
    attempts: number;
    error?: { code: string };
  }[];
}

const folder = temporaryFolder();
const files = writeDocuments(folder);
const DOCTOR = "martin.dupont@medecin.mssante.fr";
let mock: MockMedimail;
let base: Record<string, unknown>;
let configs = 0;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock"), autoReceipts: { deliver: true } });
  const { configs: paths } = await mock.ready();
  base = JSON.parse(readFileSync(paths["labo@ch-exemple.mssante.fr"] ?? "", "utf8")) as Record<string, unknown>;
});
afterAll(() => mock.close());

function config(): string {
  configs += 1;
  const path = join(folder, "mock", `outbox-test-${configs}.json`);
  writeFileSync(path, JSON.stringify({ ...base, outbox: { path: `outbox-test-${configs}.db` } }));
  return path;
}

const store = (path: string, ...more: string[]) =>
  cli("send", "--config", path, "--json", "--cda", files.cda, "--pdf", files.pdf, "--wait", "no", ...more);
const outbox = (path: string, ...words: string[]) => cli("outbox", ...words, "--config", path, "--json");

describe("outbox list", () => {
  it("is an empty array where nothing was submitted", async () => {
    expect(await outbox(config(), "list")).toMatchObject({ code: 0, out: "[]\n" });
  });

  it("has the shape of the contract", async () => {
    const path = config();
    await store(path, "--to", DOCTOR, "--key", "order-1", "--action", "replace");
    const [row] = (await outbox(path, "list")).value<Row[]>();
    expect(row).toEqual({
      submission: expect.any(String),
      key: "order-1",
      action: "replace",
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      state: "queued",
      recipients: [
        { address: DOCTOR, kind: "professional", state: "queued", messageId: expect.any(String), attempts: 0 },
      ],
    });
    // For people the action is a word of their language.
    expect((await cli("outbox", "list", "--config", path)).out).toContain("  remplacement  order-1");
  });

  it("shows one that no key opens among the others, and says why where it alone is asked for", async () => {
    const path = config();
    const keyed = (...keys: string[]) => {
      const given = JSON.parse(readFileSync(path, "utf8")) as { outbox: object };
      const encryptionKey = keys.map((key) => key.repeat(64));
      writeFileSync(path, JSON.stringify({ ...given, outbox: { ...given.outbox, encryptionKey } }));
    };
    keyed("a");
    await store(path, "--patient", "--key", "lost");
    keyed("b", "a");
    await store(path, "--to", DOCTOR, "--key", "known");
    keyed("b");
    const listed = await outbox(path, "list");
    expect([listed.code, listed.value()]).toMatchObject([
      0,
      [
        { key: "known", recipients: [{ address: DOCTOR }] },
        {
          key: null,
          state: "queued",
          error: { code: "storage_key_wrong" },
          recipients: [{ address: "", kind: "patient", state: "queued", attempts: 0 }],
        },
      ],
    ]);
    expect(listed.value<object[]>()[0]).not.toHaveProperty("error");
    expect((await cli("outbox", "list", "--config", path, "--lang", "en")).out).toContain("[storage_key_wrong]");
    const lost = listed.value<Row[]>()[1]?.submission ?? "";
    const shown = await outbox(path, "show", lost);
    expect([shown.code, shown.value()]).toMatchObject([1, { error: { code: "storage_key_wrong" } }]);
    expect((await outbox(path, "cancel", lost)).value()).toMatchObject({ state: "cancelled" });
  });

  it("filters by state and limits", async () => {
    const path = config();
    await store(path, "--to", DOCTOR);
    await store(path, "--to", "claire.morel@medecin.mssante.fr");
    expect((await outbox(path, "list", "--limit", "1")).value<Row[]>()).toHaveLength(1);
    expect((await outbox(path, "list", "--state", "failed")).value()).toEqual([]);
  });
});

describe("outbox show, cancel, retry, stats", () => {
  it("cancels what has not left, and says so in show and stats", async () => {
    const path = config();
    await store(path, "--to", DOCTOR);
    const [{ submission = "" } = {}] = (await outbox(path, "list")).value<Row[]>();
    expect((await outbox(path, "cancel", submission)).value<Row>()).toMatchObject({ state: "cancelled" });
    expect((await outbox(path, "show", submission)).value<Row>().recipients[0]?.state).toBe("cancelled");
    expect((await outbox(path, "stats")).value()).toMatchObject({ byState: { cancelled: 1, queued: 0 } });
  });

  it("answers no where nothing is left to cancel, and yes to the same order twice", async () => {
    const path = config();
    await cli("send", "--config", path, "--cda", files.cda, "--pdf", files.pdf, "--to", DOCTOR);
    const [sent] = (await outbox(path, "list")).value<Row[]>();
    const late = await outbox(path, "cancel", sent?.submission ?? "");
    expect([late.code, late.value<{ error: { code: string } }>().error.code]).toEqual([1, "submission_state"]);
    await store(path, "--to", "claire.morel@medecin.mssante.fr");
    const [waits] = (await outbox(path, "list", "--state", "queued")).value<Row[]>();
    for (const _ of [1, 2]) expect((await outbox(path, "cancel", waits?.submission ?? "")).code).toBe(0);
  });

  it("queues a failed recipient again", async () => {
    const path = config();
    await cli("send", "--config", path, "--cda", files.cda, "--pdf", files.pdf, "--to", "nobody@medecin.mssante.fr");
    const [row] = (await outbox(path, "list")).value<Row[]>();
    expect(row).toMatchObject({ state: "failed", recipients: [{ attempts: 1, error: { code: "recipient_refused" } }] });
    expect((await outbox(path, "retry", row?.submission ?? "")).value<Row>()).toMatchObject({ state: "queued" });
  });

  it("retries an unknown only with --resend", async () => {
    const path = config();
    mock.faults.add({ name: "drop", at: "final-dot", times: 1 });
    const run = startCli(["send", "--config", path, "--json", "--cda", files.cda, "--pdf", files.pdf, "--to", DOCTOR]);
    await run.line((line) => line.includes('"unknown"'));
    run.interrupt();
    const interrupted = await run.result;
    expect(interrupted.code).toBe(130);
    const [row] = (await outbox(path, "list")).value<Row[]>();
    expect(row?.state).toBe("unknown");
    // The worker never hands it over again: nobody is told that it does.
    expect(interrupted.lines<{ error?: { hint: string } }>().at(-1)?.error?.hint).toBe(
      `the operator may have the submission ${row?.submission}: unless a receipt tells (medimail outbox run), only medimail outbox retry ${row?.submission} --resend sends it again`,
    );
    const refused = await outbox(path, "retry", row?.submission ?? "");
    expect([refused.code, refused.value()]).toMatchObject([1, { error: { code: "submission_state" } }]);
    expect((await outbox(path, "retry", row?.submission ?? "", "--resend")).value<Row>()).toMatchObject({
      state: "queued",
    });
  });

  it("puts what is queued in doubt after an older copy was put back", async () => {
    const path = config();
    await store(path, "--to", DOCTOR);
    const restored = await outbox(path, "restored", "--actor", "dr-exemple");
    expect([restored.code, restored.value()]).toEqual([0, { unknown: 1 }]);
    expect((await outbox(path, "list")).value<Row[]>()[0]?.state).toBe("unknown");
    expect((await cli("outbox", "restored", "--config", path, "--lang", "en")).out).toBe(
      "Nothing was queued in the copy.\n",
    );
  });

  it("says that a submission is not there: exit 1", async () => {
    const result = await outbox(config(), "show", "none");
    expect([result.code, result.value()]).toMatchObject([1, { error: { code: "submission_not_found" } }]);
  });
});

describe("outbox run", () => {
  it("prints the events of every submission and stops with 0 on SIGINT", async () => {
    const path = config();
    const run = startCli(["outbox", "run", "--config", path, "--json"]);
    await store(path, "--to", DOCTOR, "--patient");
    await run.line((line) => line.includes('"accepted"') && line.includes("@patient."));
    await run.line((line) => line.includes('"accepted"') && line.includes(DOCTOR));
    run.interrupt();
    const result = await run.result;
    expect([result.code, result.lines<{ event: string }>().every(({ event }) => typeof event === "string")]).toEqual([
      0,
      true,
    ]);
  });

  it("stops with 0 when its reader has gone, or the time is over", async () => {
    const run = startCli(["outbox", "run", "--config", config(), "--json"]);
    run.closeReader();
    expect((await run.result).code).toBe(0);
    expect(await cli("outbox", "run", "--config", config(), "--timeout", "0.3")).toMatchObject({ code: 0 });
  });
});

describe("traces", () => {
  it("print one line for each sending, with its actor and the answer, and nothing of the content (ECO.4.1.2)", async () => {
    const path = config();
    await cli(
      "send",
      "--config",
      path,
      "--cda",
      files.cda,
      "--pdf",
      files.pdf,
      "--to",
      DOCTOR,
      "--actor",
      "dr-exemple",
    );
    const result = await cli("traces", "list", "--config", path, "--json");
    expect(result.lines()).toEqual([
      {
        at: expect.stringMatching(/[+-]\d\d:\d\d$/),
        mailbox: "labo@ch-exemple.mssante.fr",
        actor: "dr-exemple",
        action: "send",
        request: expect.any(String),
        answer: expect.stringMatching(/^250/),
        ok: true,
      },
    ]);
    expect(result.out).not.toMatch(/INVENTEE|287039999904155/);
  });

  it("keep to the days asked", async () => {
    const path = config();
    await cli("send", "--config", path, "--cda", files.cda, "--pdf", files.pdf, "--to", DOCTOR);
    const list = async (...dates: string[]) =>
      (await cli("traces", "export", "--config", path, "--json", ...dates)).lines().length;
    expect([
      await list("--since", "2020-01-01"),
      await list("--until", "2020-01-01"),
      await list("--since", "2999-01-01T00:00:00+01:00"),
    ]).toEqual([1, 0, 0]);
  });
});

describe("overallState", () => {
  it.each([
    [["accepted", "delivered"], "accepted"],
    [["failed", "delivered"], "failed"],
    [["queued", "failed"], "queued"],
    [["unknown", "failed"], "unknown"],
    [["read", "cancelled"], "read"],
    [["cancelled"], "cancelled"],
  ] as const)("of %j is %s", (states, expected) => {
    expect(overallState(states)).toBe(expected);
  });
});
