import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScenarioStep } from "../../src/compliance/index.js";
import { parseReceipt } from "../../src/message/index.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { cdaOf, fictionalIns, pdfOf } from "../tools/documents.js";
import { OTHER_LANGUAGES, type OtherLanguage } from "./other-languages.js";

const LABO = "labo@ch-exemple.mssante.fr";
const ORG = "secretariat.cardiologie@ch-exemple.mssante.fr";
const DOCTOR = "martin.dupont@medecin.mssante.fr";
const PATIENT = `${fictionalIns()}@patient.mssante.fr`;

// Each against a mock of its own, by the file that `validate` gives to a command; `medimail validate` judges them in test/mutants.
describe.each(OTHER_LANGUAGES)("the connector in $name", (language: OtherLanguage) => {
  if (language.missing) console.info(`skipped: the connector in ${language.name} (needs ${language.missing})`);
  describe.skipIf(language.missing !== undefined)("against the mock", () => {
    const folder = mkdtempSync(join(tmpdir(), "medimail-language-"));
    const document = (name: string, serial: number) => {
      const cda = join(folder, `${name}.xml`);
      writeFileSync(cda, cdaOf(serial, pdfOf(2_000, serial)));
      return { cda };
    };
    const [one, two] = [document("one", 1), document("two", 2)];

    beforeAll(() => language.prepare());
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** Plays steps as a scenario; what the connector says of each, one line a step. */
    async function play(mock: MockMedimail, steps: readonly Bare[]): Promise<string[]> {
      const ready = { ...(await mock.ready()), scenarios: [{ id: "essai", requirements: [], steps }] };
      const file = join(folder, `${Math.random().toString(36).slice(2)}.json`);
      writeFileSync(file, JSON.stringify(ready));
      const [program = "", ...words] = language.command;
      const env = {
        ...process.env,
        ...language.env,
        MEDIMAIL_MOCK: file,
        MEDIMAIL_SCENARIO: "essai",
        MSS_FOLDER: mkdtempSync(join(folder, "mss-")),
      };
      const child = spawn(program, words, { env, stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect([code, said]).toEqual([0, expect.stringContaining("essai: ")]);
      return said.split("\n").filter((line) => line.startsWith("essai: "));
    }

    it("finds the operator, sends documents to a professional and the patient, and answers with a receipt and a mail", async () => {
      await using mock = await startMockMedimail({ psc: true });
      await play(mock, [
        {
          action: "send",
          mailbox: LABO,
          to: [DOCTOR, PATIENT],
          documents: [one, two],
          requestRead: true,
          replyTo: ORG,
          fin: true,
        },
        { action: "receipt", mailbox: DOCTOR, subject: "2 documents", disposition: "displayed" },
        { action: "receipt", mailbox: DOCTOR, subject: "2 documents", disposition: "processed" },
        { action: "reply", mailbox: DOCTOR, subject: "2 documents", body: "Merci, bien reçu." },
      ]);
      expect(mock.mails.map(({ from, recipients }) => [from, ...recipients.map(({ address }) => address)])).toEqual([
        [LABO, DOCTOR],
        [LABO, PATIENT],
        ["", LABO],
        [DOCTOR, ORG],
      ]);
      const [sent, , receipt, reply] = mock.mails;
      expect(sent?.recipients[0]?.notify).toEqual(["SUCCESS", "FAILURE", "DELAY"]);
      expect(await parseReceipt(receipt?.raw ?? Buffer.alloc(0))).toMatchObject({
        kind: "mdn",
        disposition: "displayed",
        originalMessageId: sent?.messageId,
      });
      expect(reply?.raw.toString("latin1")).toContain(`References: <${sent?.messageId}>`);
      expect(mock.dns.queries.map(({ name }) => name)).toContain("_submission._tcp.ch-exemple.mssante.fr");
    });

    it.each([
      "expired-certificate",
      "wrong-name-certificate",
      "untrusted-certificate",
      "revoked-certificate",
      "wrong-range-certificate",
      "tls-1.1",
      "weak-ciphers",
      "strip-starttls",
    ] as const)("says nothing to a server with %s, on SMTP and on IMAP", async (name) => {
      await using mock = await startMockMedimail();
      mock.faults.add({ name, at: name === "strip-starttls" ? "ehlo" : "starttls", times: 20 });
      mock.faults.add({ name, at: name === "strip-starttls" ? "imap-capability" : "imap-starttls", times: 20 });
      const send = { action: "send", mailbox: LABO, to: [DOCTOR], documents: [one] } as const;
      await play(mock, [send, { action: "read", mailbox: LABO }]);
      expect(mock.mails).toEqual([]);
      expect(mock.observations.filter(({ kind }) => kind === "auth")).toEqual([]);
    });
  });
});

type Bare = Omit<ScenarioStep, "text" | "textEn"> & Record<string, unknown>;
