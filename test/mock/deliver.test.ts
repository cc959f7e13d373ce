import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startMockMedimail } from "../../src/mock/index.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-deliver-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DOCTOR = "martin.dupont@medecin.mssante.fr";
const MAIL =
  "From: <a@b.mssante.fr>\r\nTo: <martin.dupont@medecin.mssante.fr>\r\nMessage-ID: <x1@b.mssante.fr>\r\n\r\nBonjour\r\n";

describe("a mail that comes into the mock from elsewhere", () => {
  it("is in the mailbox, is observed as delivered, and lies where the mails are written", async () => {
    await using mock = await startMockMedimail({ mailsDir: folder });
    mock.deliver(DOCTOR, Buffer.from(MAIL), { what: "mail", from: "a@b.mssante.fr" });
    const seen = mock.observations.find((observation) => observation.kind === "delivered");
    expect(seen).toMatchObject({
      mailbox: DOCTOR,
      what: "mail",
      messageId: "x1@b.mssante.fr",
      file: "mails/in-000001.eml",
    });
    const [kept] = mock.mailbox(DOCTOR).messages();
    expect(readFileSync(join(folder, "mails/in-000001.eml"))).toEqual(kept?.raw);
  });

  it("is refused where there is no such mailbox", async () => {
    await using mock = await startMockMedimail();
    expect(() => mock.deliver("nobody@nowhere.mssante.fr", Buffer.from(MAIL))).toThrow("no such mailbox");
  });
});

describe("what is changed while the mock runs", () => {
  it("has its lists of revoked certificates answer 503, and again as before", async () => {
    await using mock = await startMockMedimail();
    const { http } = await mock.ready();
    const asked = async () => (await fetch(`${http.url}/crl/racine.crl`)).status;
    const before = await asked();
    mock.tune({ revocation: "down" });
    const down = await asked();
    mock.tune({ revocation: "up" });
    expect([before, down, await asked()]).toEqual([200, 503, 200]);
  });

  it("says what the caller observes among what the servers see", async () => {
    await using mock = await startMockMedimail({ now: () => new Date("2026-01-31T08:00:00Z") });
    mock.observe({ connection: "run", kind: "client", what: "start" });
    expect(mock.observations.at(-1)).toEqual({
      v: 1,
      at: "2026-01-31T08:00:00.000Z",
      connection: "run",
      kind: "client",
      what: "start",
    });
  });
});
