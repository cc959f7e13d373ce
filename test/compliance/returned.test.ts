import { describe, expect, it } from "vitest";
import { composeKo } from "../../src/message/index.js";
import { cdaOf } from "../tools/documents.js";
import { DOCTOR, delivered, documentMail, failing, LABO, outcomeOf, smtp } from "./kit.js";

const ID = "cr-7@ch-exemple.mssante.fr";
const OTHER = "autre@medecin.mssante.fr";

/** A document that asks for no receipt, as it came to a doctor. */
async function incoming() {
  const text = (await documentMail({ messageId: ID })).replace(/^Disposition-Notification-To: .*\r\n/m, "");
  return { text, seen: delivered(text, { mailbox: DOCTOR, from: LABO }) };
}

/** The part of a mail that holds the archive, as it stands. */
function archiveOf(text: string): Buffer {
  const part = /Content-Type: application\/zip[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/.exec(text)?.[1] ?? "";
  return Buffer.from(part, "base64");
}

let serial = 0;
/** What a receiver sends back that could not integrate it. */
function failure(
  text: string,
  { subject, archive = archiveOf(text) }: { subject?: string; archive?: Uint8Array | null } = {},
): string {
  serial += 1;
  const made = composeKo({
    from: { address: DOCTOR, label: "Dr_Martin_DUPONT" },
    to: LABO,
    messageId: `ko${serial}@medecin.mssante.fr`,
    date: new Date("2026-01-05T11:00:00Z"),
    nil: "LABSOFT001",
    original: Buffer.from(text, "latin1"),
    error: { code: "904" },
    attachments: archive ? [{ name: "IHE_XDM.ZIP", mimeType: "application/zip", content: archive }] : [],
  } as Parameters<typeof composeKo>[0]);
  const mail = Buffer.from(made).toString("latin1");
  return subject === undefined ? mail : mail.replace(/^Subject: .*\r\n(?:[ \t].*\r\n)*/m, `Subject: ${subject}\r\n`);
}
const back = (text: string, to = [LABO]) => smtp([text], { from: DOCTOR, to });

describe("a mail that takes a document back to its sender (in-std)", () => {
  it("passes as the text wants it", async () => {
    const { text, seen } = await incoming();
    expect(await failing([seen, ...back(failure(text))])).toEqual([]);
    expect(await outcomeOf("ko-standard", [seen, ...back(failure(text))])).toBe("ok");
  });

  it.each(["Document non integre", "Re: votre document", "XDM/1.0/DDM+CR d'examens biologiques refuse"])(
    "fails in-std and no row of documents where its subject is %s",
    async (subject) => {
      const { text, seen } = await incoming();
      expect(await failing([seen, ...back(failure(text, { subject }))])).toEqual(["in-std"]);
    },
  );

  it("is one though it does not return the original beside the documents", async () => {
    const { text, seen } = await incoming();
    const bare = failure(text, { subject: "Refus" }).replace(
      "Content-Type: message/rfc822",
      "Content-Type: text/plain",
    );
    expect(await failing([seen, ...back(bare)])).toEqual(["in-std"]);
  });
});

describe("a mail that merely resembles it", () => {
  const subject = "Document non integre";

  it("is judged as one of documents where its archive is another", async () => {
    const { text, seen } = await incoming();
    const own = archiveOf(await documentMail({ cdas: [cdaOf(8)] }));
    const failed = await failing([seen, ...back(failure(text, { subject, archive: own }))]);
    expect(failed).toContain("ECO.2.1.3");
    expect(failed).not.toContain("in-std");
  });

  it("is judged as one of documents where it goes to somebody else, or to somebody else too", async () => {
    const { text, seen } = await incoming();
    for (const to of [[OTHER], [LABO, OTHER]]) {
      const failed = await failing([seen, ...back(failure(text, { subject }), to)]);
      expect(failed).toContain("ECO.2.1.3");
      expect(failed).not.toContain("in-std");
    }
  });

  it("is judged as one of documents where the box never got them", async () => {
    const { text } = await incoming();
    const elsewhere = delivered(text, { mailbox: OTHER, from: LABO });
    expect(await failing([elsewhere, ...back(failure(text, { subject }))])).toContain("ECO.2.1.3");
  });

  it("is right where it brings a document of its own by the rules", async () => {
    const { seen } = await incoming();
    const right = await documentMail({ cdas: [cdaOf(9)] });
    expect(await failing([seen, ...smtp([right])])).toEqual([]);
    expect(await outcomeOf("ko-standard", [seen, ...smtp([right])])).toBe("not-observed");
  });

  it("is a reply where it returns the original and no archive: in-std has nothing to say", async () => {
    const { text, seen } = await incoming();
    const reply = failure(text, { subject: "Re: votre document", archive: null });
    expect(await outcomeOf("ko-standard", [seen, ...back(reply)])).toBe("not-observed");
  });
});
