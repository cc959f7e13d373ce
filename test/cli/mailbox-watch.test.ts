import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { PATIENT } from "../mock/kit.js";
import { startCli, temporaryFolder } from "./harness.js";

const folder = temporaryFolder();
const DOCTOR = "martin.dupont@medecin.mssante.fr";
let mock: MockMedimail;
let doctor: string;

beforeAll(async () => {
  mock = await startMockMedimail({ dir: join(folder, "mock") });
  doctor = (await mock.ready()).configs[DOCTOR] ?? "";
});
afterAll(() => mock.close());

function deliver(subject: string, from = "Labo <labo@ch-exemple.mssante.fr>", where = "INBOX"): void {
  const raw = `From: ${from}\r\nTo: ${DOCTOR}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.length}@test>\r\n\r\nBonjour\r\n`;
  mock.mailbox(DOCTOR).deliver(raw, { folder: where });
}

const idles = () => mock.observations.filter((seen) => / IDLE"/.test(JSON.stringify(seen))).length;

/** Resolves once it listens, or has ended. */
async function watch(words: string[] = []) {
  const before = idles();
  const run = startCli(["mailbox", "watch", "--config", doctor, ...words]);
  let over = false;
  void run.result.then(() => {
    over = true;
  });
  for (const end = Date.now() + 8_000; idles() === before && !over; ) {
    if (Date.now() > end) throw new Error("nobody listens");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return run;
}

describe("mailbox watch", () => {
  it("prints a message object a line as mails arrive, and ends with 130 when it is interrupted", async () => {
    deliver("avant");
    const run = await watch(["--json"]);
    deliver("Compte rendu");
    const line = JSON.parse(await run.line((text) => text.includes("Compte rendu")));
    expect(line).toMatchObject({
      uid: 2,
      folder: "INBOX",
      subject: "Compte rendu",
      kind: "professional",
      flags: [],
      hasXdm: false,
    });
    run.interrupt();
    const result = await run.result;
    expect(result.code).toBe(130);
    expect(result.lines()).toEqual([line, { error: expect.objectContaining({ code: "aborted" }) }]);
  });

  it("shows a person the time, the sender, the kind and the subject, and says in French what it does", async () => {
    const run = await watch();
    deliver("Bonjour docteur", `X <${PATIENT}>`);
    const line = await run.line((text) => text.includes("Bonjour docteur"));
    expect(line).toMatch(/^\d\d:\d\d:\d\d {2}● {2}X +patient +Bonjour docteur {2}\d+$/);
    run.interrupt("SIGTERM");
    const result = await run.result;
    expect(result.code).toBe(130);
    expect(
      result.err
        .split("\n")
        .filter((text) => !text.startsWith("Attention"))
        .join("\n"),
    ).toBe("À l'écoute des nouveaux courriels. Ctrl+C pour arrêter.\nÉcoute arrêtée.\n");
  });

  it("ends after --limit mails, or when the time is over, with 0", async () => {
    const run = await watch(["--json", "--limit", "1"]);
    deliver("Une seule");
    const result = await run.result;
    expect(result.code).toBe(0);
    expect(result.lines()).toHaveLength(1);
    const timed = await watch(["--json", "--timeout", "0.8"]);
    expect(await timed.result).toMatchObject({ code: 0, out: "" });
  });

  it("watches several folders", async () => {
    const run = await watch(["--folder", "sent", "--folder", "inbox"]);
    deliver("Envoyé", undefined, "Sent");
    await run.line((text) => /Envoyé +Sent 1$/.test(text));
    run.interrupt();
    await run.result;
  });

  it("says what hinders it from listening at all, and does not wait for ever", async () => {
    expect(
      await startCli(["mailbox", "watch", "--config", doctor, "--folder", "Nulle part", "--json"]).result,
    ).toMatchObject({ code: 1 });
    mock.after("IMAP GREETING").refuse();
    const result = await startCli(["mailbox", "watch", "--config", doctor, "--json"]).result;
    expect(result.code).toBe(1);
    expect(result.lines()).toEqual([{ error: expect.objectContaining({ code: "imap_failed" }) }]);
  });

  it("stops when its reader has gone", async () => {
    const run = await watch(["--json"]);
    run.closeReader();
    expect((await run.result).code).toBe(130);
  });
});
