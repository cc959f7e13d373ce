import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { wrapPdf } from "../../src/cda/index.js";
import { openXdm, packXdm, type XdmAction } from "../../src/xdm/index.js";
import { attribute, byClass, elementsOf, textOf } from "../rendering/kit.js";
import { everyKind } from "../rendering/sample.js";
import { fictionalIns, headerOf, pdfOf } from "../tools/documents.js";
import { doctorsBox, mailOf, TEXT, type TestPart } from "./open-kit.js";

const SOFTWARE = { name: "Essai", version: "1" };
const packed = async (content: Uint8Array): Promise<Uint8Array> =>
  (await packXdm({ documents: [{ content }], action: "create", software: SOFTWARE })).zip;
const archive = (content: Uint8Array): TestPart => ({ type: "application/zip", name: "IHE_XDM.ZIP", content });

/** An archive whose files are changed after it was packed. */
async function changed(zip: Uint8Array, change: (path: string, content: Uint8Array) => Uint8Array | undefined) {
  const { documents, otherFiles } = await openXdm(zip);
  const files = [...documents, ...otherFiles].flatMap(({ path, content }) => {
    const kept = content && change(path, content);
    return kept ? [[path, kept] as const] : [];
  });
  return zipSync(Object.fromEntries(files));
}

describe("showing a received document", () => {
  it("gives the page of the very document, in French, and in English on demand (SC.CDA/VISU.01)", async () => {
    await using box = await doctorsBox();
    const { documents } = await box.mailbox.open(box.deliver(mailOf([TEXT, archive(await packed(everyKind()))])));
    const [document] = documents;
    const { html, stylesheet, problems } = (await document?.html()) ?? {};
    expect(html).toMatch(/^<!DOCTYPE html>\n<html lang="fr">/);
    expect(html).toContain("<caption>Hémogramme</caption>");
    expect(html).not.toContain('class="cda-alert"');
    expect(stylesheet).toMatch(/\.cda-table/);
    expect(problems?.map(({ code }) => code)).toContain("media_missing");
    const fragment = await document?.html({ language: "en", fragment: true, idPrefix: "mail42-", headingLevel: 2 });
    expect(fragment?.html).toMatch(/^<article class="cda" lang="en">/);
    expect(fragment?.html).toContain("<dt>Birth name</dt><dd>MOREL</dd>");
    for (const element of elementsOf(fragment?.html ?? ""))
      expect(attribute(element, "id") ?? "mail42-").toMatch(/^mail42-/);
  });

  it("gives its PDF: made as PDF/A-1b, or the one that it encapsulates", async () => {
    await using box = await doctorsBox();
    const held = pdfOf(3_000);
    const parts = [archive(await packed(everyKind())), archive(await packed(wrapPdf(held, headerOf())))];
    const [made, encapsulated] = await Promise.all(
      parts.map(async (part) => (await box.mailbox.open(box.deliver(mailOf([TEXT, part])))).documents[0]?.pdf()),
    );
    expect([made?.origin, made?.pdfA1, encapsulated?.origin]).toEqual(["made", true, "encapsulated"]);
    expect(Buffer.from(made?.pdf ?? []).toString("latin1")).toContain("<pdfaid:part>1</pdfaid:part>");
    expect(Buffer.from(encapsulated?.pdf ?? []).equals(held)).toBe(true);
  });

  it("marks what the archive's metadata say otherwise, without being asked (ECO.2.1.2)", async () => {
    await using box = await doctorsBox();
    const zip = await changed(await packed(everyKind()), (path, content) =>
      path.endsWith("METADATA.XML")
        ? Buffer.from(
            Buffer.from(content).toString("utf8").replaceAll("MOREL", "DURAND").replaceAll("19850512", "19850513"),
          )
        : content,
    );
    const { documents } = await box.mailbox.open(box.deliver(mailOf([archive(zip)])));
    const { html = "" } = (await documents[0]?.html()) ?? {};
    const rows = elementsOf(html)
      .filter(({ tagName }) => tagName === "tr")
      .map(textOf);
    expect(rows.slice(0, 3)).toEqual([
      "DonnéeDocumentMétadonnées de l'archive",
      "Nom de naissanceMORELDURAND",
      "Date de naissance12/05/198513/05/1985",
    ]);
    expect(byClass(html, "cda-differs")).toHaveLength(2);
  });

  it("marks where the mail's patient is another", async () => {
    await using box = await doctorsBox();
    const mail = mailOf([archive(await packed(everyKind()))], { Cc: `<${fictionalIns(49)}@patient.mssante.fr>` });
    const { documents, patient } = await box.mailbox.open(box.deliver(mail));
    expect(patient?.agreement).toBe("differ");
    const { html = "" } = (await documents[0]?.html()) ?? {};
    expect(textOf(byClass(html, "cda-alert")[0] as never)).toMatch(/Courriel.*Matricule INS.*2 85 05 78 006 049/s);
  });

  it("tells before a document that its author asks for its deletion, and of its version that it is out of date", async () => {
    await using box = await doctorsBox();
    const send = async (action: XdmAction) =>
      box.deliver(
        mailOf([archive((await packXdm({ documents: [{ content: everyKind() }], action, software: SOFTWARE })).zip)]),
      );
    const [version, deletion] = [await send("create"), await send("delete")];
    const warnings = async (mail: { uid: number }): Promise<string[]> => {
      const { documents } = await box.mailbox.open(mail, { remember: true });
      return byClass((await documents[0]?.html())?.html ?? "", "cda-warning").map(textOf);
    };
    expect((await warnings(version)).filter((text) => /suppression|à jour/.test(text))).toEqual([]);
    expect(await warnings(deletion)).toContain("L'auteur de ce document en demande la suppression.");
    expect((await warnings(version))[0]).toMatch(/^Ce document n'est plus à jour/);
  });

  it("tells before a document that it is not the file that its archive announces", async () => {
    await using box = await doctorsBox();
    const zip = await changed(await packed(everyKind()), (path, content) =>
      /DOC\d+\.XML$/.test(path) ? Buffer.from(Buffer.from(content).toString("utf8").replace("9,1", "9,7")) : content,
    );
    const { documents } = await box.mailbox.open(box.deliver(mailOf([archive(zip)])));
    const { html = "" } = (await documents[0]?.html({ language: "en" })) ?? {};
    expect(byClass(html, "cda-warning").map(textOf)[0]).toMatch(/^The file is not the one that the archive announces/);
  });

  it("shows a document attached as it is, which is compared with nothing", async () => {
    await using box = await doctorsBox();
    const { documents } = await box.mailbox.open(
      box.deliver(mailOf([{ type: "text/xml", name: "cr.xml", content: wrapPdf(pdfOf(), headerOf()) }])),
    );
    const { html } = (await documents[0]?.html({ files: "name" })) ?? {};
    expect(html).toContain("Fichier joint PDF");
    expect(html).not.toContain("data:application");
  });

  it("says that there is nothing to show where the archive does not hold the document", async () => {
    await using box = await doctorsBox();
    const zip = await changed(await packed(everyKind()), (path, content) =>
      /DOC\d+\.XML$/.test(path) ? undefined : content,
    );
    const { documents } = await box.mailbox.open(box.deliver(mailOf([archive(zip)])));
    expect(documents[0]?.integrity?.file).toBe("missing");
    await expect(documents[0]?.html()).rejects.toMatchObject({ code: "document_missing" });
  });

  it("says what is wrong with what is no readable CDA", async () => {
    await using box = await doctorsBox();
    const zip = await changed(await packed(everyKind()), (path, content) =>
      /DOC\d+\.XML$/.test(path) ? Buffer.from("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>") : content,
    );
    const { documents } = await box.mailbox.open(box.deliver(mailOf([archive(zip)])));
    await expect(documents[0]?.html()).rejects.toMatchObject({ code: "xml_dtd_refused" });
  });

  it("can be kept as JSON and compared as before: what shows it is no member with a value", async () => {
    await using box = await doctorsBox();
    const { documents } = await box.mailbox.open(box.deliver(mailOf([archive(await packed(everyKind()))])));
    expect(JSON.parse(JSON.stringify({ ...documents[0], content: undefined }))).not.toHaveProperty("html");
  });
});
