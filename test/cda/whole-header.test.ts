import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { XmlDocument, XmlElement, XmlText } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { type CdaHeaderInput, inspectCda, readCda, wrapPdf } from "../../src/cda/index.js";
import { headerOf, pdfOf } from "../tools/documents.js";
import { describeWithShared } from "../tools/shared.js";

/** Each element, attribute and text of the header, by its path: read by another library than ours. */
function partsOf(bytes: Uint8Array): Map<string, number> {
  const parts = new Map<string, number>();
  const add = (part: string) => parts.set(part, (parts.get(part) ?? 0) + 1);
  const walk = (element: XmlElement, path: string): void => {
    for (const { name, prefix, value } of element.attrs) if (prefix !== "xsi") add(`${path}@${name}=${value.trim()}`);
    for (let node = element.firstChild; node; node = node.next) {
      if (node instanceof XmlText) {
        const text = node.content.replace(/\s+/g, " ").trim();
        if (text !== "") add(`${path}=${text}`);
      } else if (node instanceof XmlElement && !(path === "" && node.name === "component")) {
        add(`${path}/${node.name}`);
        walk(node, `${path}/${node.name}`);
      }
    }
  };
  const document = XmlDocument.fromBuffer(bytes);
  try {
    const [root] = document.find("//hl7:ClinicalDocument", { hl7: "urn:hl7-org:v3" });
    walk(root as XmlElement, "");
  } finally {
    document.dispose();
  }
  return parts;
}

/** What a document that is wrapped again has no more, and why that is no loss. */
const LEFT_OUT: readonly [RegExp, string][] = [
  [/@codeSystemName=|@assigningAuthorityName=/, "a label: the OID says it"],
  [
    /@(?:typeCode|classCode|moodCode|determinerCode|contextControlCode)=/,
    "a value that the schema fixes, or its default",
  ],
  [/@nullFlavor=/, "why something is not there"],
  [
    /\/time$|\/functionCode$|\/id$|\/code$|\/family$|\/given$|\/assignedPerson(?:\/name)?$|\/additionalLocator$/,
    "empty: it was null",
  ],
  [/\/asOrganizationPartOf/, "a whole organisation: docs/sending.md"],
  [/\/functionCode\/translation/, "a function in another system: docs/sending.md"],
  [/\/(?:family|given)@qualifier=|\/given=/, "names of a professional or a relative beside the first: docs/sending.md"],
  [/^\/informationRecipient\/intendedRecipient\/templateId/, "the model of a recipient"],
  [/\/time@type=/, "a type that the schema knows"],
];

describeWithShared("the header of an official document, wrapped again", (shared) => {
  const folder = join(shared, "corpus/xdm");
  const archives = readdirSync(folder).filter((name) => name.endsWith(".zip"));
  it.each(archives)("%s has every element, attribute and text that it had", (name) => {
    const entries = Object.entries(unzipSync(readFileSync(join(folder, name))));
    for (const [, bytes] of entries.filter(([path]) => /DOC\d+\.XML$/i.test(path))) {
      const before = partsOf(bytes);
      const after = partsOf(wrapPdf(pdfOf(60), readCda(bytes).header));
      const lost = [...before].filter(([part, count]) => (after.get(part) ?? 0) < count).map(([part]) => part);
      expect(lost.filter((part) => !LEFT_OUT.some(([pattern]) => pattern.test(part)))).toEqual([]);
    }
  });
});

const biologist = {
  id: "1.2.250.1.71.4.2.1^899700218896",
  code: { code: "G15_10/SM05", codeSystem: "1.2.250.1.213.1.1.4.5" },
  person: { family: "MARTIN", given: "Anne" },
};
const more = {
  orders: [{ ids: ["1.2.250.1.999.1^P-17"], priority: { code: "UR" }, accessionNumbers: ["1.2.250.1.999.2^A-1"] }],
  participants: [{ typeCode: "REF", classCode: "PROV", function: { code: "PCP" }, ...biologist }],
  informants: [
    { classCode: "ECON", person: { family: "DURAND" }, telecom: [{ value: "tel:+33561000000" }] },
    biologist,
  ],
  authenticators: [{ time: { low: "20260105" }, ...biologist }],
  dataEnterer: biologist,
  consents: [{ code: { code: "X", codeSystem: "1.2" }, status: "completed" }],
};
const wrapped = (changes: object): string =>
  Buffer.from(wrapPdf(pdfOf(60), { ...headerOf(), ...changes } as CdaHeaderInput)).toString();

describe("a header that says more than metadata need", () => {
  it("is written whole, and inspected as it was given", () => {
    const patient = {
      ...headerOf().patient,
      deceased: "20260104",
      multipleBirth: "2",
      guardians: [{ person: { family: "DUPONT" } }],
    };
    const encounter = {
      facilityType: { code: "SA07", codeSystem: "1.2.250.1.71.4.2.4", displayName: "Laboratoire" },
      responsible: biologist,
      participants: [{ typeCode: "ATND", ...biologist }],
    };
    const text = wrapped({ ...more, patient, encounter });
    const printed = JSON.parse(JSON.stringify(inspectCda(Buffer.from(text))));
    expect(printed).toMatchObject({
      orders: more.orders.map((order) => ({ ...order, priority: { code: "UR" } })),
      participants: more.participants,
      informants: more.informants,
      consents: more.consents,
      encounter: { responsible: biologist, participants: [{ typeCode: "ATND" }] },
      patient: { deceased: "20260104", multipleBirth: "2", guardians: [{ person: { family: "DUPONT" } }] },
    });
    expect(text).toContain(
      '<inFulfillmentOf><order><id root="1.2.250.1.999.1" extension="P-17"/><priorityCode code="UR"/>',
    );
    expect(text).toContain(
      '<ps3-20:accessionNumber xmlns:ps3-20="urn:dicom-org:ps3-20" root="1.2.250.1.999.2" extension="A-1"/>',
    );
  });

  it("has a time of each participant, unknown where there is none: the profile wants it", () => {
    expect(wrapped({ participants: more.participants })).toContain(
      '<functionCode code="PCP"/><time nullFlavor="UNK"/>',
    );
  });

  it("has words without a code as CDA has them", () => {
    const orders = [{ ids: ["1.2"], text: "bilan du matin" }];
    expect(wrapped({ orders })).toContain('<code nullFlavor="OTH"><originalText>bilan du matin</originalText></code>');
  });

  it("keeps the names of a relative, by birth and in use", () => {
    const guardians = [
      {
        person: { family: "MARTIN" },
        familyNames: [
          { qualifier: "BR", value: "MARTIN" },
          { qualifier: "CL", value: "DUPONT" },
        ],
      },
    ];
    const again = readCda(Buffer.from(wrapped({ patient: { ...headerOf().patient, guardians } })));
    expect(again.header.patient.guardians).toEqual(guardians);
  });

  it.each([
    ["participants.0.typeCode", { participants: [{ ...more.participants[0], typeCode: "SECRET" }] }],
    ["participants.0.classCode", { participants: [{ typeCode: "REF", ...biologist }] }],
    ["informants.0", { informants: [{ classCode: "ECON", id: "1.2" }] }],
    ["orders.0", { orders: [{}] }],
    ["authenticators.0.time.low", { authenticators: [{ ...biologist, time: { low: "SECRET" } }] }],
    ["consents", { consents: [] }],
    ["dataEnterer", { dataEnterer: {} }],
    [
      "patient.guardians.0",
      { patient: { ...headerOf().patient, guardians: [{ person: { family: "A" }, organization: { name: "B" } }] } },
    ],
    ["recipients.0", { recipients: [{ telecom: [{ value: "tel:1" }] }] }],
    ["recipients.0", { recipients: [{ id: "1.2", telecom: [{ value: "mailto:a.b@x.mssante.fr" }] }] }],
    ["custodian.otherIds", { custodian: { id: "1.2", otherIds: ["1.3"] } }],
  ])("is refused by its path, without its values: %s", (path, changes) => {
    try {
      wrapped(changes);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "cda_header_invalid", path });
      expect((error as Error).message).not.toContain("SECRET");
    }
  });
});
