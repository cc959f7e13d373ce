import { describe, expect, it } from "vitest";
import { type Compared, seenOf } from "../../src/mailbox/seen.js";
import type { InboxRecord } from "../../src/seams/index.js";
import { packXdm } from "../../src/xdm/index.js";
import { cdaOf, headerOf } from "../tools/documents.js";
import { doctorsBox, mailOf, TEXT } from "./open-kit.js";

const HOSPITAL = { sender: "ch-a.mssante.fr", organisation: "1310000001" };
const OTHER = { sender: "clinique-b.mssante.fr", organisation: "1310000002" };

let serial = 0;
const sighting = (more: Partial<Compared>): Compared => {
  serial += 1;
  return { uniqueId: "D1", action: "create", mailId: `m${serial}`, receivedAt: serial, replaces: [], ...more };
};
const record = (more: Partial<Compared>): InboxRecord => {
  const { replaces: _replaces, ...one } = sighting(more);
  return { ...one, id: serial, seenAt: serial, state: "seen", attempts: 0, pending: false };
};
const judged = (document: Compared, ...records: InboxRecord[]) => {
  const { seen, disputed } = seenOf(document, records, [document]);
  return { seen, disputed };
};

describe("who deletes or replaces a document", () => {
  it.each([
    ["of the same sender makes it obsolete", HOSPITAL, { seen: "obsolete", disputed: false }],
    ["of another domain does not", { ...HOSPITAL, sender: OTHER.sender }, { seen: "new", disputed: true }],
    ["of another organisation does not", { ...HOSPITAL, organisation: "1310000002" }, { seen: "new", disputed: true }],
    ["of whom nothing is known is believed, as before", {}, { seen: "obsolete", disputed: false }],
  ])("%s", (_name, by, verdict) => {
    const document = sighting(HOSPITAL);
    expect(judged(document, record({ ...by, action: "delete" }))).toEqual(verdict);
    const first = sighting({ ...HOSPITAL, setId: "S", versionNumber: 1 });
    expect(judged(first, record({ ...by, uniqueId: "D2", setId: "S", versionNumber: 2 }))).toEqual(verdict);
  });

  it("is told of the mail that does it, too", () => {
    const first = record(HOSPITAL);
    const version = record({ ...HOSPITAL, uniqueId: "D5", setId: "S", versionNumber: 1 });
    expect(judged(sighting({ ...OTHER, action: "delete" }), first)).toEqual({ seen: "new", disputed: true });
    expect(judged(sighting({ ...HOSPITAL, action: "delete" }), first)).toEqual({ seen: "new", disputed: false });
    const replacing = { uniqueId: "D9", action: "replace", replaces: ["D1"] } as const;
    expect(judged(sighting({ ...OTHER, ...replacing }), first)).toEqual({ seen: "newer", disputed: true });
    expect(judged(sighting({ ...HOSPITAL, ...replacing }), first)).toEqual({ seen: "newer", disputed: false });
    const second = { uniqueId: "D6", setId: "S", versionNumber: 2 };
    expect(judged(sighting({ ...OTHER, ...second }), version)).toEqual({ seen: "newer", disputed: true });
  });

  it("is held against who sent it first, not against who sent it on", () => {
    const first = record(HOSPITAL);
    const forwarded = sighting(OTHER);
    expect(judged(forwarded, first, record({ ...HOSPITAL, action: "delete" })).disputed).toBe(false);
    // A copy comes second whatever became of it.
    expect(judged(forwarded, first).seen).toBe("duplicate");
  });
});

describe("a mail with a later version by somebody else", () => {
  const archive = async (id: number, versionNumber: number, organization: string) => {
    const { authors } = headerOf();
    const cda = cdaOf(id, undefined, {
      versionNumber,
      authors: authors.map((author) => ({ ...author, organization: { id: organization, name: "CH" } })),
    });
    const { zip } = await packXdm({ documents: [{ content: cda }], software: { name: "Essai", version: "1" } });
    return zip;
  };
  const mailed = (zip: Uint8Array, from: string) =>
    mailOf([TEXT, { type: "application/zip", name: "IHE_XDM.ZIP", content: zip }], { From: `<${from}>` });

  it.each([
    ["another domain", "labo@faux.mssante.fr", "1.2.250.1.71.4.2.2^1310000001"],
    ["another organisation", "labo@ch-exemple.mssante.fr", "1.2.250.1.71.4.2.2^1990000009"],
  ])("of %s is a warning on both, and makes nothing obsolete", async (_name, from, organization) => {
    await using box = await doctorsBox();
    const first = box.deliver(
      mailed(await archive(1, 1, "1.2.250.1.71.4.2.2^1310000001"), "labo@ch-exemple.mssante.fr"),
    );
    const forged = box.deliver(mailed(await archive(2, 2, organization), from), new Date(Date.now() + 60_000));
    await box.mailbox.open(first, { remember: true });
    const later = await box.mailbox.open(forged, { remember: true });
    expect(later.documents[0]).toMatchObject({ seen: "newer", disputed: true });
    expect(later.problems.map(({ code }) => code)).toContain("document_disputed");
    const again = await box.mailbox.open(first);
    expect(again.documents[0]).toMatchObject({ seen: "new", disputed: true });
    expect(again.problems.find(({ code }) => code === "document_disputed")?.severity).toBe("warning");
  });

  it("of the same one makes the former obsolete, without a warning", async () => {
    await using box = await doctorsBox();
    const organization = "1.2.250.1.71.4.2.2^1310000001";
    const first = box.deliver(mailed(await archive(1, 1, organization), "labo@ch-exemple.mssante.fr"));
    const later = box.deliver(mailed(await archive(2, 2, organization), "labo@ch-exemple.mssante.fr"));
    for (const mail of [first, later]) await box.mailbox.open(mail, { remember: true });
    const { documents, problems } = await box.mailbox.open(first);
    expect(documents[0]?.seen).toBe("obsolete");
    expect(documents[0]).not.toHaveProperty("disputed");
    expect(problems).toEqual([]);
  });
});
