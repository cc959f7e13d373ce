// ECO.3.1.4: recipients given by what is known of them are looked for before anything is stored, in the mock's Annuaire Santé.
import { afterEach, describe, expect, it } from "vitest";
import { type CdaHeaderInput, wrapPdf } from "../../src/cda/index.js";
import type { RecipientError } from "../../src/directory/index.js";
import { mockRpps, type PublishedMailbox } from "../../src/mock/directory/published.js";
import type { MockMedimailOptions } from "../../src/mock/index.js";
import { errorOf } from "../directory/kit.js";
import { headerOf, pdfOf } from "../tools/documents.js";
import { DOCTOR, pair, soon } from "./kit.js";

const ANNE = { rpps: mockRpps(500), family: "ESNAULT", given: "Anne" };
const FINESS = "990000010";
const STRUCTURE = { finess: FINESS, name: "CH DES PINS", city: "DAX", postalCode: "40100" };
const published: PublishedMailbox[] = [
  { address: "anne.esnault@medecin.mssante.fr", type: "PER", person: ANNE, rank: 1 },
  { address: "cabinet.esnault@medecin.mssante.fr", type: "CAB", person: ANNE },
  {
    address: "paul.giraud@medecin.mssante.fr",
    type: "PER",
    person: { rpps: mockRpps(501), family: "GIRAUD", given: "Paul" },
  },
  {
    address: "p.giraud@medecin.mssante.fr",
    type: "PER",
    person: { rpps: mockRpps(502), family: "GIRAUD", given: "Paul" },
  },
  {
    address: "cachee@medecin.mssante.fr",
    type: "PER",
    person: { rpps: mockRpps(503), family: "CACHEE", given: "Lou" },
    redList: true,
  },
  {
    address: "cardiologie@medecin.mssante.fr",
    type: "ORG",
    structure: STRUCTURE,
    description: "Secrétariat de cardiologie",
  },
];
// They exist at the operator too.
const mailboxes = published.map(({ address, type }) => ({ address, type }));
const LABO = { address: "labo@ch-exemple.mssante.fr", type: "APP", label: "Labo" } as const;
const mockOptions: MockMedimailOptions = {
  mailboxes: [LABO, { address: DOCTOR, type: "PER" }, ...mailboxes],
  directory: { mailboxes: published },
};

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});
async function started(options = {}) {
  const both = await pair(options, mockOptions);
  open.push(both);
  return both;
}
async function cdaFor(recipients: CdaHeaderInput["recipients"]): Promise<Uint8Array> {
  return wrapPdf(pdfOf(), headerOf({ ...(recipients ? { recipients } : {}) }));
}
const documents = async (recipients?: CdaHeaderInput["recipients"]) => [{ cda: await cdaFor(recipients) }];
const addresses = async (of: { status(): Promise<{ recipients: readonly { address: string }[] }> }) =>
  (await of.status()).recipients.map(({ address }) => address);

describe("a submission to a recipient known by", () => {
  it.each([
    ["RPPS", { rpps: ANNE.rpps }, "anne.esnault@medecin.mssante.fr"],
    ["RPPS and type", { rpps: ANNE.rpps, type: "CAB" as const }, "cabinet.esnault@medecin.mssante.fr"],
    ["name", { family: "Esnault", given: "anne" }, "anne.esnault@medecin.mssante.fr"],
    ["FINESS", { finess: FINESS }, "cardiologie@medecin.mssante.fr"],
    ["structure and town", { structure: "CH des Pins", city: "dax" }, "cardiologie@medecin.mssante.fr"],
  ])("%s is sent to the address that the directory has", async (_name, recipient, address) => {
    const { connector } = await started();
    const submission = await connector.documents.submit({ documents: await documents(), to: [recipient] });
    expect(await addresses(submission)).toEqual([address]);
    const { ok } = await submission.settled({ signal: soon() });
    expect(ok).toBe(true);
  });

  it("what is given beside addresses goes beside them", async () => {
    const { connector } = await started();
    const to = [DOCTOR, { rpps: ANNE.rpps }, { address: "cachee@medecin.mssante.fr", name: "Dr C." }];
    const submission = await connector.documents.submit({ documents: await documents(), to });
    expect(await addresses(submission)).toEqual([
      DOCTOR,
      "anne.esnault@medecin.mssante.fr",
      "cachee@medecin.mssante.fr",
    ]);
  });
});

describe("a submission to the document's own recipients", () => {
  it("is sent to the address, the RPPS and the structure that the CDA names", async () => {
    const { connector } = await started();
    const recipients = [
      { id: `1.2.250.1.71.4.2.1^8${ANNE.rpps}`, person: { family: "ESNAULT", given: "Anne" } },
      { person: { family: "DUPONT", given: "Martin" }, address: DOCTOR },
      { organization: { id: `1.2.250.1.71.4.2.2^1${FINESS}`, name: "CH DES PINS" } },
    ];
    const submission = await connector.documents.submit({ documents: await documents(recipients), to: "cda" });
    expect(await addresses(submission)).toEqual([
      "anne.esnault@medecin.mssante.fr",
      DOCTOR,
      "cardiologie@medecin.mssante.fr",
    ]);
  });

  it("may have others beside", async () => {
    const { connector } = await started();
    const recipients = [{ id: `1.2.250.1.71.4.2.1^8${ANNE.rpps}`, person: { family: "ESNAULT", given: "Anne" } }];
    const submission = await connector.documents.submit({
      documents: await documents(recipients),
      to: ["cda", DOCTOR],
    });
    expect(await addresses(submission)).toEqual(["anne.esnault@medecin.mssante.fr", DOCTOR]);
  });

  it("that names nobody, or says too little, is refused", async () => {
    const { connector } = await started();
    const nobody = await errorOf(connector.documents.submit({ documents: await documents(), to: "cda" }));
    expect([nobody.code, nobody.path]).toEqual(["recipient_not_found", "to"]);
    const little = await errorOf(
      connector.documents.submit({
        documents: await documents([{ id: "1.2.3^4", organization: { id: "1.2.3^5" } }]),
        to: "cda",
      }),
    );
    expect([little.code, little.path]).toEqual(["recipient_not_found", "documents[0].recipients[0]"]);
  });
});

describe("a recipient who is doubtful", () => {
  it("refuses the submission with the candidates, before anything is stored; no patient in the error", async () => {
    const { connector, mock } = await started();
    const error = (await errorOf(
      connector.documents.submit({ documents: await documents(), to: [DOCTOR, { family: "GIRAUD", given: "Paul" }] }),
    )) as RecipientError;
    expect([error.code, error.path]).toEqual(["recipient_ambiguous", "to[1]"]);
    expect(error.message).toContain("paul.giraud@medecin.mssante.fr, p.giraud@medecin.mssante.fr");
    expect(error.recipients[0]?.candidates.map(({ address }) => address)).toEqual([
      "paul.giraud@medecin.mssante.fr",
      "p.giraud@medecin.mssante.fr",
    ]);
    expect(`${error.message} ${JSON.stringify(error.recipients)}`).not.toMatch(/MOREL|Élodie/);
    expect(await connector.outbox.list()).toEqual([]);
    expect(mock.mails).toEqual([]);
  });

  it("is told with all the others that are", async () => {
    const { connector } = await started();
    const to = [{ family: "GIRAUD" }, { family: "PERSONNE" }, { rpps: ANNE.rpps }, { rpps: mockRpps(503) }];
    const error = (await errorOf(connector.documents.submit({ documents: await documents(), to }))) as RecipientError;
    expect(error.recipients.map(({ path, state }) => [path, state])).toEqual([
      ["to[0]", "ambiguous"],
      ["to[1]", "not-found"],
      // On the red list.
      ["to[3]", "not-found"],
    ]);
  });

  it("is not taken for not found where the directory is down", async () => {
    const both = await pair(
      {},
      { ...mockOptions, directory: false },
      { directory: { fhir: { url: "http://127.0.0.1:9/fhir", key: "k" } } },
    );
    open.push(both);
    const error = await errorOf(
      both.connector.documents.submit({ documents: await documents(), to: [{ rpps: ANNE.rpps }] }),
    );
    expect([error.code, error.retryable]).toEqual(["directory_unavailable", true]);
  });

  it.each([
    ["a key that is wrong", [{ rpps: "10000000018" }], "identity_invalid"],
    ["nothing to look for", [{ given: "Anne" }], "invalid_argument"],
    ["a misspelt key", [{ rpsp: ANNE.rpps }], "invalid_argument"],
    ["a line break", [{ family: "A\r\nB" }], "invalid_argument"],
    ["another word than cda", "cdas", "invalid_argument"],
  ])("with %s is refused", async (_name, to, code) => {
    const { connector } = await started();
    expect((await errorOf(connector.documents.submit({ documents: await documents(), to: to as never }))).code).toBe(
      code,
    );
  });
});

describe("the same submission again", () => {
  it("is the first one by its key, and the directory is not asked again", async () => {
    const { connector, mock } = await started();
    const submission = { documents: await documents(), to: [{ rpps: ANNE.rpps }], idempotencyKey: "k1" };
    const first = await connector.documents.submit(submission);
    const asked = mock.directory.answered[200];
    const second = await connector.documents.submit(submission);
    expect([second.id, second.created]).toEqual([first.id, false]);
    expect(mock.directory.answered[200]).toBe(asked);
    const other = await errorOf(connector.documents.submit({ ...submission, to: [{ finess: FINESS }] }));
    expect(other.code).toBe("idempotency_conflict");
  });

  it("asks once for what is the same", async () => {
    const { connector, mock } = await started();
    const to = [{ rpps: ANNE.rpps }, { rpps: ANNE.rpps }];
    const submission = await connector.documents.submit({ documents: await documents(), to });
    expect(await addresses(submission)).toEqual(["anne.esnault@medecin.mssante.fr"]);
    expect(mock.directory.answered[200]).toBe(1);
  });
});

describe("connector.recipients", () => {
  it("resolves, of a document too, and finds as a person types", async () => {
    const { connector } = await started();
    expect(await connector.recipients.resolve({ rpps: ANNE.rpps })).toMatchObject({ state: "found", why: "type" });
    const cda = await cdaFor([
      { id: `1.2.250.1.71.4.2.1^8${ANNE.rpps}`, person: { family: "ESNAULT", given: "Anne" } },
    ]);
    expect(await connector.recipients.resolveCda(cda)).toMatchObject([
      { state: "found", address: "anne.esnault@medecin.mssante.fr" },
    ]);
    const { entries, failures } = await connector.recipients.find({ text: "esnault anne" });
    expect(entries.map(({ address, sources }) => [address, sources.map(({ source }) => source)])).toEqual([
      ["anne.esnault@medecin.mssante.fr", ["fhir"]],
      ["cabinet.esnault@medecin.mssante.fr", ["fhir"]],
    ]);
    expect(failures).toEqual([]);
  });

  it("composes for recipients that are looked for, and asks nobody once closed", async () => {
    const { connector } = await started();
    const { mails } = await connector.documents.compose({ documents: await documents(), to: [{ rpps: ANNE.rpps }] });
    expect(mails.map(({ recipients }) => recipients)).toEqual([["anne.esnault@medecin.mssante.fr"]]);
    await connector.close();
    expect((await errorOf(connector.recipients.resolve({ rpps: ANNE.rpps }))).code).toBe("closed");
  });
});
