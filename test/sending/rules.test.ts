import { describe, expect, it } from "vitest";
import type { CdaHeader } from "../../src/cda/types.js";
import { isMedimailError } from "../../src/errors.js";
import { allowedRecipients } from "../../src/sending/rules.js";
import type { AddressedSubmission } from "../../src/sending/types.js";

// 1 85 05 78 006 048, key 97 - (1850578006048 mod 97).
const NIR = "1850578006048";
const INS = `${NIR}${String(97 - Number(BigInt(NIR) % 97n)).padStart(2, "0")}`;
const OWN = `${INS}@patient.mssante.fr`;
const DOCTOR = "claire.martin@medecin.mssante.fr";

function header(
  ins: { value: string; oid: string } | null = { value: INS, oid: "1.2.250.1.213.1.4.8" },
  confidentiality = "N",
): CdaHeader {
  return {
    id: "1.2.3",
    relatedDocuments: [],
    templateIds: [],
    code: { code: "11502-2" },
    effectiveTime: "20260101",
    confidentialityCode: { code: confidentiality },
    patient: { ins, localIds: [], familyNames: [], givenNames: [] },
    authors: [],
    recipients: [],
    serviceEvents: [],
  };
}

const base: AddressedSubmission = { documents: [], to: [DOCTOR] };
const allow = (changes: Partial<AddressedSubmission> = {}, headers = [header()], allowTestIdentities = false) =>
  allowedRecipients({ ...base, ...changes }, headers, { allowTestIdentities });
const kinds = (...args: Parameters<typeof allow>) => allow(...args).recipients.map((recipient) => recipient.kind);
const refusal = (...args: Parameters<typeof allow>): string => {
  try {
    allow(...args);
    return "allowed";
  } catch (error) {
    return isMedimailError(error) ? error.code : "another error";
  }
};

describe("a patient's address", () => {
  it("is built from the qualified INS of the CDA (ECO.2.2.6)", () => {
    expect(allow({ patient: true, to: [] }).recipients).toEqual([{ address: OWN, kind: "patient" }]);
  });

  it("given by the caller must be that of the documents' patient", () => {
    const other = `${"2850578006048"}${String(97 - Number(2850578006048n % 97n)).padStart(2, "0")}@patient.mssante.fr`;
    expect(refusal({ to: [other] })).toBe("patient_address_refused");
    expect(kinds({ to: [OWN] })).toEqual(["patient"]);
  });

  it("is refused without an INS", () => {
    expect(refusal({ patient: true }, [header(null)])).toBe("patient_address_refused");
  });

  it("is refused where one of the documents has no INS", () => {
    expect(refusal({ patient: true }, [header(), header(null)])).toBe("patient_address_refused");
  });

  it("is refused where the key of the INS is wrong, while professionals may still get the document", () => {
    const wrong = header({ value: `${NIR}99`, oid: "1.2.250.1.213.1.4.8" });
    expect(() => allow({ patient: true }, [wrong])).toThrow(
      expect.objectContaining({ code: "ins_key_invalid", path: "patient.ins", hint: expect.stringContaining("INSi") }),
    );
    expect(allow({}, [wrong]).problems.map((problem) => problem.code)).toEqual(["ins_key_invalid"]);
  });

  it("is doubted where the matricule says otherwise than sex or birth date: a warning, and the mail goes (ECO.3.1.5)", () => {
    const one = header();
    const differing = { ...one, patient: { ...one.patient, gender: "F", birthTime: "19850612" } };
    const agreeing = { ...one, patient: { ...one.patient, gender: "M", birthTime: "19850512" } };
    const { recipients, problems } = allow({ patient: true, to: [] }, [agreeing, differing]);
    expect(recipients).toEqual([{ address: OWN, kind: "patient" }]);
    expect(problems).toMatchObject([
      { severity: "warning", code: "ins_traits_differ", path: "documents[1].patient.ins" },
    ]);
    expect(problems[0]?.message).toContain("sex, birthMonth");
    // To professionals alone nobody's address is built: nothing to confirm.
    expect(allow({}, [differing]).problems).toEqual([]);
  });

  it("is one recipient, even named twice", () => {
    expect(allow({ to: [OWN, DOCTOR, DOCTOR.toUpperCase()], patient: true }).recipients).toEqual([
      { address: OWN, kind: "patient" },
      { address: DOCTOR, kind: "professional" },
    ]);
    expect(allow({ to: [OWN, DOCTOR, DOCTOR], patient: true }).recipients).toHaveLength(2);
  });
});

describe("the action and what the CDA says of it (AMBU.MSS-va1.02)", () => {
  const version = (versionNumber: number, replaces: boolean): CdaHeader => ({
    ...header(),
    versionNumber,
    relatedDocuments: replaces ? [{ typeCode: "RPLC", id: "1.2.2" }] : [],
  });
  it.each([
    ["replace", version(1, false), ["replacement_no_new_version"]],
    ["replace", version(2, false), []],
    ["replace", version(1, true), []],
    ["create", version(2, true), ["replacement_without_action"]],
    [undefined, version(2, true), ["replacement_without_action"]],
    ["create", version(2, false), []],
    ["delete", version(2, true), []],
  ] as const)("%s of %o warns of %j", (action, cda, codes) => {
    const { problems } = allow(action ? { action } : {}, [cda]);
    expect(problems.map(({ code }) => code)).toEqual(codes);
  });
});

describe("the identity status (INS/va1.53)", () => {
  it.each(["validee", "recuperee", "provisoire"] as const)(
    "refuses an INS in the CDA where the identity is %s",
    (identityStatus) => {
      expect(refusal({ identityStatus })).toBe("identity_not_qualified");
    },
  );

  it("lets a document without INS go to professionals whatever the status", () => {
    expect(kinds({ identityStatus: "provisoire" }, [header(null)])).toEqual(["professional"]);
  });

  it("refuses a test authority unless test identities are allowed", () => {
    const test = header({ value: INS, oid: "1.2.250.1.213.1.4.10" });
    expect(refusal({}, [test])).toBe("ins_test_oid_refused");
    expect(kinds({}, [test], true)).toEqual(["professional"]);
  });
});

describe("oppositions", () => {
  it("to mails to the patient forbids it (MSS/va1.20)", () => {
    expect(refusal({ patient: true, opposition: { patient: true } })).toBe("opposition_patient");
    expect(refusal({ opposition: { patient: true } })).toBe("allowed");
  });

  it("between professionals needs an acknowledgement (MSS/va1.22)", () => {
    expect(refusal({ opposition: { professionals: true } })).toBe("opposition_professional");
    expect(refusal({ opposition: { professionals: true, acknowledged: true } })).toBe("allowed");
    expect(refusal({ to: [], patient: true, opposition: { professionals: true } })).toBe("allowed");
  });
});

describe("masks", () => {
  const table: [string, Partial<AddressedSubmission>, string][] = [
    ["MASQUE_PS to a professional", { confidentiality: ["MASQUE_PS"] }, "mask_forbids_recipient"],
    ["MASQUE_PS to the patient alone", { to: [], patient: true, confidentiality: ["MASQUE_PS"] }, "allowed"],
    [
      "INVISIBLE_PATIENT to the patient",
      { patient: true, confidentiality: ["INVISIBLE_PATIENT"] },
      "mask_forbids_recipient",
    ],
    ["INVISIBLE_PATIENT to a professional", { confidentiality: ["INVISIBLE_PATIENT"] }, "allowed"],
    [
      "INVISIBLE_REPRESENTANTS_LEGAUX to both",
      { patient: true, confidentiality: ["INVISIBLE_REPRESENTANTS_LEGAUX"] },
      "mask_forbids_recipient",
    ],
    [
      "INVISIBLE_REPRESENTANTS_LEGAUX to the patient alone",
      { to: [], patient: true, confidentiality: ["INVISIBLE_REPRESENTANTS_LEGAUX"] },
      "allowed",
    ],
    [
      "INVISIBLE_REPRESENTANTS_LEGAUX to a professional alone",
      { confidentiality: ["INVISIBLE_REPRESENTANTS_LEGAUX"] },
      "allowed",
    ],
    [
      "a secret connection to the patient alone",
      { to: [], patient: true, secretConnection: true },
      "mask_forbids_recipient",
    ],
    ["a secret connection to both", { patient: true, secretConnection: true }, "allowed"],
    ["no mask, a professional alone", {}, "allowed"],
  ];
  it.each(table)("%s", (_name, changes, expected) => {
    expect(refusal(changes)).toBe(expected);
  });

  it("of the CDA itself count as well", () => {
    expect(refusal({}, [header(undefined, "MASQUE_PS")])).toBe("mask_forbids_recipient");
  });
});

describe("recipients", () => {
  it("must be MSSanté addresses", () => {
    expect(refusal({ to: ["someone@example.org"] })).toBe("recipient_invalid");
  });

  it("must not smuggle a header", () => {
    expect(refusal({ to: ["a@x.mssante.fr\r\nBcc: b@x.mssante.fr"] })).toBe("recipient_invalid");
  });

  it("names a display name that cannot be written by its place in `to`", () => {
    const to = [DOCTOR, { address: "b@x.mssante.fr", name: "B\r\nBcc: c@x.mssante.fr" }];
    expect(() => allow({ to })).toThrow(expect.objectContaining({ code: "header_injection", path: "to[1].name" }));
  });

  it("are told of a Reply-To outside of the MSSanté space, which no answer reaches (ECO.2.2.5)", () => {
    const codes = (replyTo: string, sender?: { replyTo?: string }) => {
      const context = { allowTestIdentities: false, ...(sender ? { sender } : {}) };
      const submission = { ...base, ...(replyTo === "" ? {} : { replyTo }) };
      return allowedRecipients(submission, [header()], context).problems.map(({ code }) => code);
    };
    expect(codes("secretariat@ch.mssante.fr")).toEqual([]);
    expect(codes("secretariat@example.org")).toEqual(["reply_to_outside"]);
    expect(codes("", { replyTo: "secretariat@example.org" })).toEqual(["reply_to_outside"]);
    expect(codes("", { replyTo: "secretariat@ch.mssante.fr" })).toEqual([]);
  });

  it("are at least one", () => {
    expect(refusal({ to: [] })).toBe("invalid_argument");
  });

  it("FIN needs a patient among them (ECO.2.2.8)", () => {
    expect(refusal({ fin: true })).toBe("invalid_argument");
    expect(refusal({ fin: true, patient: true })).toBe("allowed");
  });
});
