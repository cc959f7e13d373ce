import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { wrapPdf } from "../../src/cda/index.js";
import { shownName } from "../../src/mailbox/index.js";
import type { XdmAction } from "../../src/xdm/index.js";
import { openXdm, packXdm } from "../../src/xdm/index.js";
import { fictionalIns, headerOf, pdfOf } from "../tools/documents.js";
import { doctorsBox, mailOf, TEXT, type TestPart } from "./open-kit.js";
import { tnefOf } from "./tnef-kit.js";

const SOFTWARE = { name: "Essai", version: "1" };

interface Version {
  id?: string;
  setId?: string;
  version?: number;
  pdf?: Uint8Array;
}

const cdaOf = ({
  id = "1.2.250.1.999.1.1.7^A1",
  setId = "1.2.250.1.999.1.1.7^S1",
  version = 1,
  pdf = pdfOf(),
}: Version = {}) => wrapPdf(pdf, headerOf({ id, setId, versionNumber: version }));

async function zipOf(versions: Version[] = [{}], action: XdmAction = "create"): Promise<Uint8Array> {
  const documents = versions.map((version) => ({ content: cdaOf(version) }));
  return (await packXdm({ documents, action, software: SOFTWARE })).zip;
}

const archive = (content: Uint8Array, name = "IHE_XDM.ZIP", type = "application/zip"): TestPart => ({
  type,
  name,
  content,
});
const codes = ({ problems }: { problems: { code: string }[] }) => problems.map(({ code }) => code);

describe("opening a mail", () => {
  it.each([
    ["ihe_xdm.zip", "application/x-zip-compressed"],
    ["IHE_XDM.zip", "application/octet-stream"],
    ["Ihe_Xdm(1).zip", "application/x-zip"],
    ["IHE_XDM", "application/octet-stream"],
    ["documents.zip", "application/zip"],
  ])("opens an archive named %s of type %s", async (name, type) => {
    await using box = await doctorsBox();
    const opened = await box.mailbox.open(box.deliver(mailOf([TEXT, archive(await zipOf(), name, type)])));
    expect(opened.documents).toMatchObject([
      { uniqueId: "1.2.250.1.999.1.1.7^A1", versionNumber: 1, action: "create" },
    ]);
    expect(opened.patient).toMatchObject({
      name: "MOREL Élodie",
      agreement: "agree",
      birthDate: "19850512",
      gender: "F",
    });
  });

  it("knows the INS of metadata whose ampersands are escaped twice", async () => {
    await using box = await doctorsBox();
    const files = unzipSync(await zipOf());
    const path = "IHE_XDM/SUBSET01/METADATA.XML";
    const twice = Buffer.from(files[path] ?? [])
      .toString()
      .replaceAll("&amp;", "&amp;amp;");
    const zip = zipSync({ ...files, [path]: Buffer.from(twice) });
    const opened = await box.mailbox.open(box.deliver(mailOf([TEXT, archive(zip)])));
    expect(opened.documents[0]?.patient.metadata?.ins?.value).toBe(opened.documents[0]?.patient.cda?.ins?.value);
    expect(opened.patient).toMatchObject({ agreement: "agree" });
  });

  it("reads two submission sets of one archive", async () => {
    await using box = await doctorsBox();
    const [one, two] = [
      await openXdm(await zipOf()),
      await openXdm(await zipOf([{ id: "1.2.250.1.999.1.1.7^B1", setId: "1.2.250.1.999.1.1.7^S2" }])),
    ];
    const files: Record<string, Uint8Array> = {};
    for (const [index, { documents, otherFiles }] of [one, two].entries())
      for (const { path, content } of [...documents, ...otherFiles])
        if (content) files[path.replace("SUBSET01", `SUBSET0${index + 1}`)] = content;
    const opened = await box.mailbox.open(box.deliver(mailOf([archive(zipSync(files))])));
    expect(opened.submissionSets).toHaveLength(2);
    expect(opened.documents.map(({ uniqueId }) => uniqueId)).toEqual([
      "1.2.250.1.999.1.1.7^A1",
      "1.2.250.1.999.1.1.7^B1",
    ]);
  });

  it.each(["text/x-cda-r2+xml", "text/xml", "application/xml", "application/x-hl7-cda-level-one+xml"])(
    "reads a CDA that is attached as it is, of type %s, and says that it has no metadata",
    async (type) => {
      await using box = await doctorsBox();
      const opened = await box.mailbox.open(box.deliver(mailOf([TEXT, { type, name: "doc.xml", content: cdaOf() }])));
      expect(opened.documents).toMatchObject([
        { part: "2", path: "", uniqueId: "1.2.250.1.999.1.1.7^A1", patient: { agreement: "absent" } },
      ]);
      expect(opened.documents[0]?.metadata).toBeUndefined();
      expect(codes(opened)).toContain("cda_without_metadata");
    },
  );

  it("finds the archive within a forwarded mail, and within one that is forwarded again", async () => {
    await using box = await doctorsBox();
    const inner = mailOf([TEXT, archive(await zipOf())]);
    const once = await box.mailbox.open(
      box.deliver(mailOf([TEXT, { type: "message/rfc822", content: inner.replaceAll("limite", "dedans") }])),
    );
    expect(once.documents).toMatchObject([{ part: "2", path: "IHE_XDM.ZIP/IHE_XDM/SUBSET01/DOC0001.XML" }]);
    const twice = await box.mailbox.open(
      box.deliver(
        mailOf([
          {
            type: "message/rfc822",
            content: mailOf([
              { type: "message/rfc822", name: "transfert.eml", content: inner.replaceAll("limite", "fond") },
            ]).replaceAll("limite", "milieu"),
          },
        ]),
      ),
    );
    expect(twice.documents).toHaveLength(1);
  });

  it("finds the archive and its PDF within Outlook's winmail.dat", async () => {
    await using box = await doctorsBox();
    const pdf = pdfOf(3_000, 5);
    const winmail = tnefOf([
      { name: "IHE_XDM.ZIP", content: await zipOf([{ pdf }]) },
      { name: "compte rendu.pdf", content: pdf },
    ]);
    const opened = await box.mailbox.open(
      box.deliver(mailOf([{ type: "application/ms-tnef", name: "winmail.dat", content: winmail }])),
    );
    expect(opened.documents).toMatchObject([
      { pdfBeside: { part: "1", path: "compte rendu.pdf", matchedBy: "bytes" } },
    ]);
  });

  it("matches a PDF by its bytes, else by the rule of its name, and none else", async () => {
    await using box = await doctorsBox();
    const held = pdfOf(2_000, 9);
    const versions = [
      { id: "1.2.250.1.999.1.1.7^A1", pdf: held },
      { id: "1.2.250.1.999.1.1.7^A2", setId: "1.2.250.1.999.1.1.7^S2" },
    ];
    const pdf = (name: string, content: Uint8Array): TestPart => ({ type: "application/pdf", name, content });
    const opened = await box.mailbox.open(
      box.deliver(
        mailOf([
          archive(await zipOf(versions)),
          pdf("notice.pdf", pdfOf(500, 3)),
          pdf("20260104_CR d'examens biologiques_MOREL_Elodie_4711.pdf", pdfOf(500, 4)),
          pdf("quelconque.pdf", held),
        ]),
      ),
    );
    expect(opened.documents.map(({ pdfBeside: found }) => found)).toEqual([
      { part: "4", path: "", name: "quelconque.pdf", matchedBy: "bytes" },
      { part: "3", path: "", name: expect.stringMatching(/MOREL_Elodie/), matchedBy: "name" },
    ]);
  });

  it("matches DOC00001.PDF that other software packs within the archive", async () => {
    await using box = await doctorsBox();
    const pdf = pdfOf(2_000, 11);
    const { documents, otherFiles } = await openXdm(await zipOf([{ pdf }]));
    const files: Record<string, Uint8Array> = { "IHE_XDM/SUBSET01/DOC00001.PDF": pdf };
    for (const { path, content } of [...documents, ...otherFiles]) if (content) files[path] = content;
    const opened = await box.mailbox.open(box.deliver(mailOf([archive(zipSync(files))])));
    expect(opened.documents).toMatchObject([{ pdfBeside: { name: "DOC00001.PDF", matchedBy: "bytes" } }]);
  });

  it("sets the patient of metadata, CDA and address side by side (ECO.2.1.2), and shows his name in place of his address (ECO.3.1.2)", async () => {
    await using box = await doctorsBox();
    const zip = await zipOf();
    const send = (to: string, flag: string) =>
      box.mailbox.open(box.deliver(mailOf([archive(zip)], { To: to, "X-MSS-INS": flag })));
    const right = `${fictionalIns()}@patient.mssante.fr`;
    const agreed = await send(right, "O");
    expect(agreed.patient).toMatchObject({ agreement: "agree", addressIns: fictionalIns(), header: "O" });
    expect(agreed.mail.to).toEqual([{ name: "MOREL Élodie", address: right }]);
    const other = await send(`${fictionalIns(49)}@patient.mssante.fr`, "N");
    expect(other.patient).toMatchObject({ agreement: "differ", header: "N" });
    expect(other.mail.to[0]?.name).toBe("");
    // Nothing proves whose the address is: the matricule is shown, never another patient's name.
    expect(other.mail.to.map((address) => shownName(address))).toEqual([fictionalIns(49)]);
    expect(agreed.mail.to.map((address) => shownName(address))).toEqual(["MOREL Élodie"]);
    expect(shownName({ name: "Labo du CH", address: "labo@ch-exemple.mssante.fr" })).toBe("Labo du CH");
    expect(shownName({ name: "", address: "labo@ch-exemple.mssante.fr" })).toBe("labo@ch-exemple.mssante.fr");
    expect(codes(other)).toContain("patient_ins_differs");
  });

  it("doubts the patient whose matricule says otherwise than his sex or birth date, and gives the document all the same (ECO.3.1.5)", async () => {
    await using box = await doctorsBox();
    const { patient } = headerOf();
    const brought = async (traits: Partial<typeof patient>) => {
      const content = wrapPdf(pdfOf(400), headerOf({ patient: { ...patient, ...traits } }));
      return await box.mailbox.open(
        box.deliver(mailOf([TEXT, { type: "text/xml", name: "document.xml", content: Buffer.from(content) }])),
      );
    };
    expect(codes(await brought({}))).not.toContain("ins_traits_differ");
    const opened = await brought({ gender: "M", birthTime: "19850612" });
    expect(opened.problems).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        code: "ins_traits_differ",
        message: expect.stringContaining("sex, birthMonth"),
      }),
    );
    expect(opened.documents).toMatchObject([{ patient: { name: "MOREL Élodie", gender: "M" }, seen: "new" }]);
  });

  it("keeps the rest of the mail where an archive is broken or hostile", async () => {
    await using box = await doctorsBox();
    const good = await zipOf();
    const opened = await box.mailbox.open(
      box.deliver(
        mailOf([
          TEXT,
          archive(good.subarray(0, good.length - 300)),
          archive(Buffer.from("not a zip"), "IHE_XDM.ZIP"),
          archive(zipSync({ "../../evil": Buffer.from("x") }), "IHE_XDM(2).ZIP"),
          archive(zipSync({ "photo.jpg": Buffer.from("x") }), "photos.zip"),
          { type: "text/xml", name: "faux.xml", content: "<ClinicalDocument><broken" },
          { type: "message/rfc822", content: "garbage" },
          { type: "application/ms-tnef", name: "winmail.dat", content: Buffer.from("garbage") },
          archive(good, "ihe_xdm.zip"),
        ]),
      ),
    );
    expect(opened.documents).toHaveLength(1);
    expect(codes(opened)).toEqual(
      expect.arrayContaining(["archive_invalid", "archive_unsafe_entry", "tnef_invalid", "xml_invalid"]),
    );
    expect(opened.problems.some(({ path }) => path?.includes("photos"))).toBe(false);
  });

  it("says that an attachment is larger than is opened", async () => {
    await using box = await doctorsBox();
    const opened = await box.mailbox.open(box.deliver(mailOf([archive(await zipOf())])), { maxBytes: 500 });
    expect(opened.documents).toEqual([]);
    expect(opened.patient).toBeNull();
    expect(codes(opened)).toEqual(["attachment_too_large"]);
  });

  it("gives nothing of a mail without documents", async () => {
    await using box = await doctorsBox();
    const opened = await box.mailbox.open(box.deliver(mailOf([TEXT])));
    expect(opened).toMatchObject({ documents: [], patient: null, problems: [] });
    await expect(box.mailbox.open({ uid: 99 })).rejects.toMatchObject({ code: "mail_not_found" });
  });
});

describe("what was seen before (SC.CDA/INT.18)", () => {
  const S = "1.2.250.1.999.1.1.7^S1";
  const version = (number: number): Version => ({ id: `1.2.250.1.999.1.1.7^A${number}`, setId: S, version: number });
  async function box() {
    const made = await doctorsBox();
    let day = 0;
    return Object.assign(made, {
      async send(what: Version, action: XdmAction = "create") {
        day += 1;
        return made.deliver(mailOf([archive(await zipOf([what], action))]), new Date(Date.UTC(2026, 0, day)));
      },
      async seen(mail: { uid: number }, remember = true) {
        return (await made.mailbox.open(mail, { remember })).documents.map(({ seen }) => seen).join();
      },
    });
  }

  it("calls a mail that is opened twice no duplicate of itself, and its copy neither", async () => {
    await using mails = await box();
    const mail = await mails.send(version(1));
    expect(await mails.seen(mail)).toBe("new");
    expect(await mails.seen(mail)).toBe("new");
    const copied = await mails.mailbox.copy(mail, "trash");
    const now = copied.mails[0]?.now;
    expect((await mails.mailbox.open(now as { folder: string; uid: number })).documents[0]?.seen).toBe("new");
  });

  it("calls the same document in a later mail a duplicate, whichever is opened first", async () => {
    await using mails = await box();
    const first = await mails.send(version(1));
    const later = await mails.send(version(1));
    expect(await mails.seen(later)).toBe("new");
    expect(await mails.seen(first)).toBe("new");
    expect(await mails.seen(later)).toBe("duplicate");
  });

  it("knows newer and obsolete by setId and versionNumber", async () => {
    await using mails = await box();
    const one = await mails.send(version(1));
    const two = await mails.send(version(2), "replace");
    expect(await mails.seen(one)).toBe("new");
    expect(await mails.seen(two)).toBe("newer");
    expect(await mails.seen(one)).toBe("obsolete");
  });

  it("compares the documents of one mail with each other", async () => {
    await using mails = await box();
    const mail = mails.deliver(mailOf([archive(await zipOf([version(1), version(2)]))]));
    expect(await mails.seen(mail)).toBe("obsolete,newer");
  });

  it("remembers only when asked", async () => {
    await using mails = await box();
    expect(await mails.seen(await mails.send(version(1)), false)).toBe("new");
    expect(await mails.seen(await mails.send(version(1)))).toBe("new");
    expect(await mails.seen(await mails.send(version(1)))).toBe("duplicate");
  });

  it("warns where another document has the same version of the same series", async () => {
    await using mails = await box();
    await mails.seen(await mails.send(version(1)));
    const other = await mails.send({ ...version(1), id: "1.2.250.1.999.1.1.7^OTHER" });
    expect(codes(await mails.mailbox.open(other))).toContain("document_version_conflict");
  });

  it("says that a document is integrated, by whatever mail it came (LGC.MDV.06)", async () => {
    await using mails = await box();
    const first = await mails.send(version(1));
    const uniqueId = version(1).id as string;
    expect(await mails.mailbox.integrated({ uniqueId, action: "create" })).toBe(false);
    await mails.seen(first);
    expect(await mails.mailbox.integrated({ uniqueId, action: "create" })).toBe(true);
    const again = await mails.mailbox.open(await mails.send(version(1)));
    expect(again.documents).toMatchObject([{ seen: "duplicate", integrated: true, integratedAt: expect.any(Date) }]);
    const deletion = await mails.mailbox.open(await mails.send(version(1), "delete"));
    expect(deletion.documents).toMatchObject([{ action: "delete", integrated: false }]);
  });
});
