/** Namespace of CDA R2. */
export const HL7 = "urn:hl7-org:v3";
/** Namespace of the root of a self-rendering document. */
export const XSL = "http://www.w3.org/1999/XSL/Transform";

/** Namespaces of extensions of CDA: of HL7, of IHE for laboratories, of DICOM. */
export const SDTC = "urn:hl7-org:sdtc";
export const LAB = "urn:oid:1.3.6.1.4.1.19376.1.3.2";
export const PS3_20 = "urn:dicom-org:ps3-20";

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

/** Parts of a postal address (HL7 datatypes R1, ADXP). */
export const ADDRESS_PARTS = words(
  "delimiter country state county city postalCode streetAddressLine houseNumber houseNumberNumeric direction streetName " +
    "streetNameBase streetNameType additionalLocator unitID unitType careOf censusTract deliveryAddressLine " +
    "deliveryInstallationType deliveryInstallationArea deliveryInstallationQualifier deliveryMode deliveryModeIdentifier " +
    "buildingNumberSuffix postBox precinct",
);
export const ADDRESS_USES = words("BAD CONF DIR H HP HV PHYS PST PUB TMP WP");
export const TELECOM_USES = words("AS BAD CONF DIR EC H HP HV MC PG PUB TMP WP");
export const NULL_FLAVORS = words("ASKU DER INV MSK NA NASK NAV NI NINF OTH PINF QS TRC UNC UNK");
export const NAME_QUALIFIERS = words("AC AD BR CL CON DEV FRM IN INV LS NB PR SCI SP STR TITLE TMK USE VV");
export const RELATIONSHIPS = ["APND", "RPLC", "XFRM"] as const;

/** Parts that somebody takes in a document (HL7 ParticipationType). */
export const PARTICIPATIONS = words(
  "ADM ALY ATND AUT AUTHEN BBY BEN CAGNT CALLBCK CAT CON COV CSM CST DEV DIR DIS DIST DON DST ELOC ENT ESC EXPAGNT EXPART " +
    "EXPTRGT EXSRC GUAR HLD IND INF IRCP LA LOC NOT NRD ORG PART PPRF PRCP PRD PRF RCT RCV RDV REF REFB REFT RESP RML SBJ " +
    "SPC SPRF TRANS TRC VIA VRF WIT",
);
/** Parts that somebody takes in an encounter, and in what is documented. */
export const ENCOUNTER_PARTICIPATIONS = words("ADM ATND CON DIS REF");
export const PERFORMANCES = words("PPRF SPRF");
/** What a relative or an organisation is to the patient (HL7 RoleClassMutualRelationship). */
export const RELATIONS = words(
  "AFFL AGNT ASSIGNED CAREGIVER CASEBJ CIT CLAIM COMPAR CON COVPTY CRINV CRSPNSR DEPEN ECON EMP GUAR GUARD INDIV INVSBJ LIC " +
    "MIL NAMED NOK NOT PAT PAYEE PAYOR POLHOLD PROG PROV PRS QUAL RESBJ SGNOFF SPNSR STD SUBSCR UNDWRT",
);
/** Roles of a participant (HL7 RoleClassAssociative). */
export const ASSOCIATIONS: ReadonlySet<string> = new Set([
  ...RELATIONS,
  ...words(
    "ACCESS ADJY ADMM BIRTHPL BOND CONC CONY DEATHPLC DSDLOC DST EXPR HLD HLTHCHRT IDENT ISDLOC MANU MNT OWN RET RGPR SDLOC " +
      "TERR THER USED WRTE",
  ),
]);

/** A point in time, as the schema of CDA has it. */
export const TIME = /^(?:\d{1,8}|(?:\d{9,14}|\d{14}\.\d+)(?:[+-]\d{1,4})?)$/;
/** An OID, a UUID or a reserved identifier. */
export const UID =
  /^(?:[0-2](?:\.(?:0|[1-9]\d*))*|[\dA-Za-z]{8}(?:-[\dA-Za-z]{4}){3}-[\dA-Za-z]{12}|[A-Za-z][A-Za-z\d-]*)$/;

/** HL7 France, CI-SIS and IHE XDS-SD: what a level 1 document of the minimal French structure declares. */
export const LEVEL_1_TEMPLATES = [
  "2.16.840.1.113883.2.8.2.1",
  "1.2.250.1.213.1.1.1.1",
  "1.3.6.1.4.1.19376.1.2.20",
] as const;

export const GENDER_SYSTEM = "2.16.840.1.113883.5.1";
export const GENDER_LABELS: Readonly<Record<string, string>> = {
  F: "Féminin",
  M: "Masculin",
  UN: "Inconnu",
  U: "Inconnu",
};
