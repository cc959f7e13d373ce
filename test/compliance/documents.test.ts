import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { cdaOf, fictionalIns, headerOf, pdfOf } from "../tools/documents.js";
import { documentMail, failing, freeMail, INS, judged, outcomeOf, PATIENT, resultOf, smtp } from "./kit.js";

const mandatory = (codes: readonly string[]) => codes.filter((code) => !code.startsWith("RFC"));

/** Changes files of the archive; null takes one away. */
const changed = (edit: (files: Record<string, Uint8Array>) => void) => (zip: Uint8Array) => {
  const files = unzipSync(zip);
  edit(files);
  return zipSync(files);
};
const META = "IHE_XDM/SUBSET01/METADATA.XML";
const metadata = (edit: (text: string) => string) =>
  changed((files) => {
    files[META] = Buffer.from(edit(Buffer.from(files[META] ?? "").toString("utf8")));
  });

describe("a right mail of documents", () => {
  it("fails nothing, to a professional and to the patient", async () => {
    const two = { cdas: [cdaOf(1, pdfOf(500, 1)), cdaOf(2, pdfOf(500, 2))] };
    const seen = [
      ...smtp([await documentMail(), await documentMail(two)]),
      ...smtp([await documentMail({ to: PATIENT, compose: { fin: true, replyTo: "a@b.mssante.fr" } })], {
        to: [PATIENT],
      }),
    ];
    expect(await failing(seen)).toEqual([]);
    const passed = (await judged(seen)).results.filter(({ verdict }) => verdict === "pass").map(({ code }) => code);
    expect(passed).toEqual(
      expect.arrayContaining([
        "ECO.2.1.1",
        "ECO.2.1.1-b",
        "ECO.2.1.3",
        "ECO.2.1.5",
        "ECO.2.1.6",
        "ECO.2.2.3",
        "ECO.2.2.4",
        "ECO.2.2.6",
        "ECO.2.2.7",
        "ECO.2.2.8",
        "ECO.2.4.1",
        "ECO.2.4.2",
        "in-detect",
        "mes-25mb",
      ]),
    );
  });
});

describe("the archive (ECO.2.1.1)", () => {
  it.each([
    ["absent though announced", async () => (await documentMail()).replaceAll("IHE_XDM.ZIP", "OTHER.ZIP")],
    ["no zip", () => documentMail({ archive: () => Buffer.from("nothing") })],
    ["without README.TXT", () => documentMail({ archive: changed((files) => delete files["README.TXT"]) })],
    [
      "of a wrong hash",
      () => documentMail({ archive: metadata((text) => text.replace(/[0-9a-f]{40}/i, "0".repeat(40))) }),
    ],
    [
      "of a wrong size",
      () => documentMail({ archive: metadata((text) => text.replace(/(name="size"[\s\S]*?<\w*:?Value>)\d+/, "$11")) }),
    ],
    [
      "without its document",
      () => documentMail({ archive: changed((files) => delete files["IHE_XDM/SUBSET01/DOC0001.XML"]) }),
    ],
    ["with metadata that are none", () => documentMail({ archive: metadata(() => "<x") })],
    ["without metadata", () => documentMail({ archive: changed((files) => delete files[META]) })],
    ["of another type", async () => (await documentMail()).replace("application/zip", "application/octet-stream")],
  ])("fails it alone where the archive is %s", async (_, make) => {
    expect(mandatory(await failing(smtp([await make()])))).toEqual(["ECO.2.1.1"]);
  });

  it("fails where a CDA has no PDF beside the archive, and nothing that would need it", async () => {
    const mail = await documentMail();
    const [head = "", ...parts] = mail.split(/(?=\r\n--[^\r\n]+\r\n)/);
    const withoutPdf = [head, ...parts.filter((part) => !/application\/pdf/.test(part))].join("");
    const ending = /\r\n--[^\r\n]+--\r\n?/.exec(mail)?.[0] ?? "";
    const whole = withoutPdf.includes(ending) ? withoutPdf : withoutPdf + ending;
    expect(mandatory(await failing(smtp([whole])))).toEqual(["ECO.2.1.1"]);
  });

  it("is not observed where no mail brings a document", async () => {
    expect((await resultOf("ECO.2.1.1", smtp([freeMail()]))).verdict).toBe("not-observed");
    for (const check of ["xdm-attachment", "pdf-beside", "metadata-of-cda"])
      expect(await outcomeOf(check, smtp([freeMail()]))).toBe("not-observed");
  });

  it("fails a CDA that is joined without its archive", async () => {
    const body = [
      "--b",
      "Content-Type: text/plain; charset=utf-8",
      "",
      "Bonjour",
      "--b",
      'Content-Type: text/xml; name="a.xml"',
      "Content-Disposition: attachment; filename=a.xml",
      "",
      '<ClinicalDocument xmlns="urn:hl7-org:v3"/>',
      "--b--",
      "",
    ].join("\r\n");
    const mail = freeMail({ "Content-Type": "multipart/mixed; boundary=b" }, body);
    expect(mandatory(await failing(smtp([mail])))).toEqual(["ECO.2.1.1"]);
  });

  it("fails metadata that name another document or another patient", async () => {
    const other = fictionalIns(5);
    const patient = metadata((text) => text.replaceAll(INS, other));
    const unique = metadata((text) => text.replaceAll("1.2.250.1.999.1.1.7^D7", "1.2.250.1.999.1.1.7^D8"));
    for (const archive of [patient, unique])
      expect(mandatory(await failing(smtp([await documentMail({ archive })])))).toEqual(["ECO.2.1.1"]);
  });
});

describe("one patient (ECO.2.1.1 (b))", () => {
  it("fails where the set and the document name two", async () => {
    const archive = metadata((text) => {
      const at = text.lastIndexOf(INS);
      return text.slice(0, at) + fictionalIns(5) + text.slice(at + 15);
    });
    expect(await failing(smtp([await documentMail({ archive })]))).toContain("ECO.2.1.1-b");
    expect(await outcomeOf("one-patient", smtp([freeMail()]))).toBe("not-observed");
  });
});

describe("the subject (ECO.2.1.3)", () => {
  const right = "XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie 12/05/1985";
  const withSubject = async (subject: string) =>
    (await documentMail()).replace(/^Subject: .*(\r\n .*)*/m, `Subject: ${subject}`);

  it.each([
    right,
    "XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie",
    `${right} dossier 12`,
    "=?utf-8?Q?XDM/1.0/DDM+CR_d'examens_biologiques_MOREL_Elodie_12/05/1985?=",
  ])("takes « %s »", async (subject) => {
    expect(await failing(smtp([await withSubject(subject)]))).toEqual([]);
  });

  it.each([
    "CR d'examens biologiques MOREL Elodie 12/05/1985",
    "XDM/1.0/DDM+CR d'examens biologiques Morel Elodie 12/05/1985",
    "XDM/1.0/DDM+CR d'examens biologiques MOREL 12/05/1985",
    "XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie 1985-05-12",
    "XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie 13/05/1985",
    "XDM/1.0/DDM+MOREL Elodie 12/05/1985",
    "XDM/1.0/DDM CR d'examens biologiques MOREL Elodie 12/05/1985",
    "XDM/1.0/DDM+CR d'examens biologiques MOREL =?utf-8?Q?=C3=89lodie?= 12/05/1985",
  ])("fails « %s », and nothing else", async (subject) => {
    expect(await failing(smtp([await withSubject(subject)]))).toEqual(["ECO.2.1.3"]);
  });

  it("shows the form of a masked subject, and no name", async () => {
    const seen = smtp([await withSubject("XDM/1.0/DDM+CR d'examens biologiques MOREL Elodie 1985-05-12")]);
    const { evidence } = await resultOf("ECO.2.1.3", seen, { mask: true });
    expect(evidence[0]?.what).toContain("« XDM/1.0/DDM+CR d'examens biologiques XXXXX Xxxxxx 9999-99-99 »");
    expect(JSON.stringify(evidence)).not.toMatch(/MOREL|Elodie|1985/);
  });

  it("is not observed where the archive cannot be read", async () => {
    expect(await outcomeOf("xdm-subject", smtp([await documentMail({ archive: () => Buffer.from("x") })]))).toBe(
      "not-observed",
    );
  });
});

describe("the PDF (ECO.2.1.5, ECO.2.1.6)", () => {
  it("fails a PDF that is not the one in the CDA", async () => {
    const mail = await documentMail();
    const part = mail.slice(mail.indexOf("application/pdf"));
    const at = part.indexOf("\r\n\r\n") + 100;
    const other = part.slice(0, at) + (part[at] === "A" ? "B" : "A") + part.slice(at + 1);
    expect(await failing(smtp([mail.replace(part, other)]))).toEqual(["ECO.2.1.5"]);
  });

  it.each([
    ["CR d'examens biologiques_MOREL_Elodie.pdf"],
    ["04012026_CR d'examens biologiques_MOREL_Elodie.pdf"],
    ["20260104_CR d'examens biologiques_Morel_Elodie.pdf"],
    ["20260104_MOREL_Elodie.pdf"],
    ["20260104_CR d'examens biologiques_MOREL_Elodie"],
  ])("fails the name %s", async (name) => {
    const mail = (await documentMail()).replaceAll("20260104_CR d'examens biologiques_MOREL_Elodie.pdf", name);
    expect(await failing(smtp([mail]))).toEqual(["ECO.2.1.6"]);
  });

  it("takes a dossier number, and a second file of the same name", async () => {
    for (const name of [
      "20260104_CR d'examens biologiques_MOREL_Elodie_12.pdf",
      "20260104_CR d'examens biologiques_MOREL_Elodie-2.pdf",
    ]) {
      const mail = (await documentMail()).replaceAll("20260104_CR d'examens biologiques_MOREL_Elodie.pdf", name);
      expect(await failing(smtp([mail]))).toEqual([]);
    }
  });

  it("are not observed without documents", async () => {
    for (const check of ["pdf-of-cda", "pdf-name"])
      expect(await outcomeOf(check, smtp([freeMail()]))).toBe("not-observed");
  });
});

describe("X-MSS-CODECDA, X-MSS-INS (ECO.2.4.1, ECO.2.4.2)", () => {
  it.each([
    ["ECO.2.4.1", /^X-MSS-CODECDA: .*\r\n/m, "X-MSS-CODECDA: 11488-4\r\n"],
    ["ECO.2.4.1", /^X-MSS-CODECDA: .*\r\n/m, ""],
    ["ECO.2.4.2", /^X-MSS-INS: .*\r\n/m, "X-MSS-INS: N\r\n"],
    ["ECO.2.4.2", /^X-MSS-INS: .*\r\n/m, "X-MSS-INS: oui\r\n"],
    ["ECO.2.4.2", /^X-MSS-INS: .*\r\n/m, ""],
  ])("fails %s alone", async (row, pattern, text) => {
    expect(await failing(smtp([(await documentMail()).replace(pattern, text)]))).toEqual([row]);
  });

  it("want neither in a mail without documents", async () => {
    expect(await failing(smtp([freeMail({ "X-MSS-CODECDA": "11502-2", "X-MSS-INS": "O" })]))).toEqual([
      "ECO.2.4.1",
      "ECO.2.4.2",
    ]);
    for (const check of ["code-cda", "ins-flag"])
      expect(await outcomeOf(check, smtp([freeMail()]))).toBe("not-observed");
  });
});

describe("the patient's identity (ECO.2.2.6, mes-minor, INS/va1.53)", () => {
  it("fails an address that is not of the document's patient, or whose key is wrong", async () => {
    for (const address of [`${fictionalIns(9)}@patient.mssante.fr`, `${INS.slice(0, 13)}00@patient.mssante.fr`])
      expect(await failing(smtp([await documentMail()], { to: [address] }))).toEqual(["ECO.2.2.6"]);
  });

  it("fails a patient addressed by INS whose CDA has none", async () => {
    const cda = cdaOf(7, pdfOf(500, 7), { patient: { ...headerOf().patient, ins: null } });
    expect(await failing(smtp([await documentMail({ cdas: [cda] })], { to: [PATIENT] }))).toEqual(["ECO.2.2.6"]);
  });

  it("fails a minor's document that goes to somebody else", async () => {
    const cda = cdaOf(7, pdfOf(500, 7), { patient: { ...headerOf().patient, birthTime: "20150512" } });
    const other = `${fictionalIns(9)}@patient.mssante.fr`;
    expect(await failing(smtp([await documentMail({ cdas: [cda] })], { to: [other] }))).toEqual([
      "ECO.2.2.6",
      "mes-minor",
    ]);
    expect(await outcomeOf("minor-address", smtp([await documentMail({ cdas: [cda] })], { to: [PATIENT] }))).toBe("ok");
    expect(await outcomeOf("minor-address", smtp([await documentMail()]))).toBe("not-observed");
  });

  it("fails metadata with an INS where the CDA has none", async () => {
    const cda = cdaOf(7, pdfOf(500, 7), { patient: { ...headerOf().patient, ins: null } });
    const bare = await documentMail({ cdas: [cda] });
    const archive = metadata((text) => text.replaceAll("1.2.250.1.999.1.1.2", "1.2.250.1.213.1.4.8"));
    expect(await outcomeOf("unqualified-identity", smtp([bare]))).toBe("ok");
    expect(await failing(smtp([await documentMail({ cdas: [cda], archive })]))).toEqual(["INS-va1.53"]);
    expect(await outcomeOf("unqualified-identity", smtp([await documentMail()]))).toBe("not-observed");
  });
});

describe("a new version (AMBU.MSS/va1.02, in-detect)", () => {
  const cda = cdaOf(8, pdfOf(500, 8), {
    versionNumber: 2,
    relatedDocuments: [{ typeCode: "RPLC", id: "1.2.250.1.999.1.1.7^D7" }],
  });

  it("passes with the mention and action C", async () => {
    const seen = smtp([await documentMail({ cdas: [cda], action: "replace" })]);
    expect(await failing(seen)).toEqual([]);
    expect(await outcomeOf("replacement-mention", seen)).toBe("ok");
  });

  it("fails without the mention, and with the mention without the action", async () => {
    const mail = await documentMail({
      cdas: [cda],
      action: "replace",
      compose: { body: { professional: { text: "Bonjour" } } },
    });
    const silent = mail.replace("[Annule et remplace] ", "");
    expect(await failing(smtp([silent]))).toEqual(["AMBU.MSS-va1.02"]);
    const said = await documentMail({ compose: { subjectExtra: "annule et remplace" } });
    expect(await failing(smtp([said]))).toEqual(["AMBU.MSS-va1.02"]);
    expect(await outcomeOf("replacement-mention", smtp([freeMail()]))).toBe("not-observed");
  });

  it("fails in-detect where the mention stands before the marker", async () => {
    const mail = (await documentMail({ cdas: [cda], action: "replace" })).replace(
      "XDM/1.0/DDM+[Annule et remplace] ",
      "[Annule et remplace] XDM/1.0/DDM+",
    );
    expect(await failing(smtp([mail]))).toEqual(["ECO.2.1.3", "in-detect"]);
    expect(await outcomeOf("detected", smtp([freeMail()]))).toBe("not-observed");
  });
});
