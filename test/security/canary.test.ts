import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Connector, createConnector, type DocumentSubmission, isMedimailError } from "../../src/index.js";
import { redactFields, safeLogger } from "../../src/log.js";
import { type FaultScript, startMockMedimail } from "../../src/mock/index.js";
import { configOf, DOCTOR, LABO, QUICK, soon } from "../sending/kit.js";
import { cdaOf, fictionalIns, headerOf } from "../tools/documents.js";

const folder = mkdtempSync(join(tmpdir(), "medimail-canary-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const INS = fictionalIns(77);
const FAMILY = "ZQCANARI";
const GIVEN = "Wxyzine";
const LOCAL = "IPPCANARI99";
const TITLE = "Titre-canari-confidentiel";
const BODY = "texte libre canari";
const TOKEN = "canary-token-9f8e7d6c5b4a";
const PASSPHRASE = "canary-passphrase";

/** Each mark as it is, and as it would stand in base64 or in a URL. */
function forms(...marks: string[]): string[] {
  return marks.flatMap((mark) => [
    mark,
    ...[0, 1, 2].map((shift) => {
      const text = Buffer.from(" ".repeat(shift) + mark)
        .toString("base64")
        .replace(/=+$/, "");
      // The first and last characters depend on what stands beside.
      return text.slice(shift === 0 ? 0 : 4, -2);
    }),
    encodeURIComponent(mark),
  ]);
}
const MARKS = forms(INS, FAMILY, GIVEN, LOCAL, TITLE, BODY, TOKEN, PASSPHRASE);

function marksIn(text: string): string[] {
  return MARKS.filter((mark) => text.includes(mark));
}

function cda(serial: number): Uint8Array {
  const base = headerOf();
  const patient = {
    ...base.patient,
    ins: { value: INS, oid: "1.2.250.1.213.1.4.8" },
    localIds: [`1.2.250.1.999.1.1.2^${LOCAL}`],
    birthName: FAMILY,
    familyNames: [{ qualifier: "BR", value: FAMILY }],
    givenNames: [{ value: GIVEN }, { qualifier: "BR", value: GIVEN }],
  };
  return cdaOf(serial, undefined, { patient, title: TITLE });
}

/** Everything of an error that a program may print: the whole chain, own properties included. */
function errorText(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    parts.push(at.message, at.stack ?? "", JSON.stringify(at), JSON.stringify(Object.entries(at)));
    if (isMedimailError(at)) parts.push(JSON.stringify(at.toJSON()));
  }
  return parts.join("\n");
}

describe("the log, the errors and the traces hold nothing of a patient and no secret", () => {
  const scenes: [string, FaultScript | undefined, Partial<DocumentSubmission>][] = [
    ["a sending that succeeds", undefined, {}],
    [
      "a recipient refused with his address in the answer",
      {
        name: "reply",
        at: "rcpt",
        reply: 550,
        status: "5.1.1",
        text: `<${INS}@patient.mssante.fr> ${INS} unknown`,
        times: 9,
      } as FaultScript,
      {},
    ],
    ["a sender refused", { name: "refuse", at: "mail", times: 1 }, {}],
    [
      "a deferral that quotes the patient",
      { name: "reply", at: "data", reply: 451, status: "4.3.0", text: `patient ${INS} later`, times: 1 } as FaultScript,
      {},
    ],
    ["a server that leaves after the final dot", { name: "drop-after-data", times: 1 }, {}],
    ["an untrusted certificate", { name: "untrusted-certificate", times: 1 }, {}],
    ["a server without STARTTLS", { name: "strip-starttls", times: 1 }, {}],
    ["garbage", { name: "garbage", at: "mail", times: 1 }, {}],
    ["a bounce", { name: "bounce", times: 1 }, {}],
    ["an identity that is not qualified", undefined, { identityStatus: "recuperee" }],
    ["an opposition", undefined, { opposition: { patient: true } }],
    ["an injection", undefined, { subjectExtra: `x\r\nX: ${FAMILY}` }],
    ["a recipient that is no address", undefined, { to: [`${INS}@example.org`] }],
    ["a stranger's patient address", undefined, { to: [`${fictionalIns(12)}@patient.mssante.fr`] }],
    [
      "a broken document",
      undefined,
      { documents: [{ cda: Buffer.from(`<ClinicalDocument><patient>${FAMILY} ${INS}</oops>`) }] },
    ],
    ["a broken PDF", undefined, { documents: [{ cda: cda(90), pdf: Buffer.from(`${FAMILY} ${INS}`) }] }],
  ];

  it.each(scenes)("%s", async (_name, fault, changes) => {
    const lines: string[] = [];
    const texts: string[] = [];
    await using mock = await startMockMedimail();
    if (fault) mock.faults.add(fault);
    const config = await configOf(mock, LABO);
    await using connector: Connector = createConnector(config, {
      ...QUICK,
      logLevel: "debug",
      logger: { log: (level, event, fields) => void lines.push(JSON.stringify({ level, event, ...fields })) },
    });
    try {
      const submission = await connector.documents.submit({
        documents: [{ cda: cda(1) }],
        to: [DOCTOR],
        patient: true,
        body: BODY,
        ...changes,
      });
      const reached = submission.settled({ signal: soon(6_000) }).catch((error) => texts.push(errorText(error)));
      await reached;
      const row = await submission.status();
      for (const recipient of row.recipients) texts.push(JSON.stringify(recipient.error ?? {}), recipient.messageId);
    } catch (error) {
      texts.push(errorText(error));
    }
    for await (const trace of connector.traces.list()) texts.push(JSON.stringify(trace));
    for (const observation of mock.observations) {
      // ENVID is ours: opaque.
      if (observation.kind === "line" && /ENVID=/i.test(observation.line))
        texts.push(/ENVID=\S+/i.exec(observation.line)?.[0] ?? "");
    }
    expect(marksIn(lines.join("\n"))).toEqual([]);
    expect(marksIn(texts.join("\n"))).toEqual([]);
    expect(texts.length).toBeGreaterThan(0);
  });

  it("a token that is refused", async () => {
    const lines: string[] = [];
    const texts: string[] = [];
    await using mock = await startMockMedimail();
    const config = { ...(await configOf(mock, DOCTOR)), auth: { method: "token", token: TOKEN } };
    await using connector = createConnector(config, {
      ...QUICK,
      logLevel: "debug",
      logger: { log: (level, event, fields) => void lines.push(JSON.stringify({ level, event, ...fields })) },
    });
    const submission = await connector.documents.submit({ documents: [{ cda: cda(2) }], to: [LABO] });
    for await (const event of submission.events({ signal: soon() })) {
      texts.push(JSON.stringify(event.error ?? {}));
      if (event.event === "deferred") break;
    }
    await connector.receipts.poll({ signal: soon(3_000) }).catch((error) => texts.push(errorText(error)));
    for await (const trace of connector.traces.list()) texts.push(JSON.stringify(trace));
    expect(lines.length).toBeGreaterThan(0);
    expect(marksIn([...lines, ...texts].join("\n"))).toEqual([]);
  });

  it("a passphrase that does not fit", async () => {
    await using mock = await startMockMedimail();
    const base = await configOf(mock, LABO);
    const lines: string[] = [];
    await using connector = createConnector(
      { ...base, auth: { ...(base["auth"] as object), passphrase: PASSPHRASE } },
      {
        ...QUICK,
        logLevel: "debug",
        logger: { log: (level, event, fields) => void lines.push(JSON.stringify({ level, event, ...fields })) },
      },
    );
    const submission = await connector.documents.submit({ documents: [{ cda: cda(3) }], to: [DOCTOR] });
    for await (const event of submission.events({ signal: soon() })) {
      if (event.event !== "deferred") continue;
      expect(marksIn(JSON.stringify(event))).toEqual([]);
      break;
    }
    expect(marksIn(lines.join("\n"))).toEqual([]);
  });

  it("an outbox encrypted with the caller's key, its log included", async () => {
    await using mock = await startMockMedimail();
    const config = await configOf(mock, LABO, { outbox: { store: "sqlite", path: join(folder, "outbox.db") } });
    await using connector = createConnector(config, { ...QUICK, encryptionKey: new Uint8Array(32).fill(3) });
    const submission = await connector.documents.submit({
      documents: [{ cda: cda(4) }],
      to: [DOCTOR],
      patient: true,
      body: BODY,
    });
    await submission.settled({ until: "delivered", signal: soon() });
    for (const name of readdirSync(folder))
      expect(marksIn(readFileSync(join(folder, name)).toString("latin1"))).toEqual([]);
  });
});

describe("the redaction", () => {
  it("drops fields that are not of the closed list", () => {
    expect(redactFields({ submission: "s", patient: FAMILY } as never)).toEqual({ submission: "s" });
  });

  it.each([INS, `${INS}@patient.mssante.fr`, "Bearer abc", "eyJhbGciOiJub25l", "2850520033001"])(
    "drops a value that looks personal: case %#",
    (value) => {
      expect(redactFields({ path: `x ${value}` })).toEqual({ path: "[redacted]" });
    },
  );

  it("survives a logger that throws, at once or later", async () => {
    const thrown = safeLogger({
      log: () => {
        throw new Error("x");
      },
    });
    const later = safeLogger({ log: (async () => Promise.reject(new Error("x"))) as never });
    thrown.log("error", "e", {});
    later.log("error", "e", {});
    await new Promise((resolve) => setImmediate(resolve));
  });
});
