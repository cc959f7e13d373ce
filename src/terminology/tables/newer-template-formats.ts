// Kept by hand from the public ANS code list named below.
export const source =
  "ANS NOS table ASS_A11 (CDA document model templateId to XDS formatCode), dated 2026-06-29: the rows that the table of 2024-07-26 does not have";
export const version = "2026-06-29";
const COMPLEMENTARY = "1.2.250.1.213.1.1.4.2.282";
const IHE = "1.3.6.1.4.1.19376.1.2.3";
export const rows: readonly (readonly [templateId: string, formatCode: string, formatCodeSystem: string])[] = [
  ["1.2.250.1.213.1.11.1.19.1", "urn:ans:ci-sis:mso-rougeole:2026", COMPLEMENTARY],
  ["1.2.250.1.213.1.11.1.19.2", "urn:ans:ci-sis:mso-dengue:2026", COMPLEMENTARY],
  ["1.2.250.1.213.1.11.1.19.3", "urn:ans:ci-sis:mso-chikungunya:2026", COMPLEMENTARY],
  ["1.2.250.1.213.1.11.1.19.4", "urn:ans:ci-sis:mso-zika:2026", COMPLEMENTARY],
  ["1.2.250.1.213.1.11.1.19.5", "urn:ans:ci-sis:mso-westnile:2026", COMPLEMENTARY],
  ["1.3.6.1.4.1.19376.1.8.1.1.1", "urn:ihe:pat:apsr:all:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.1", "urn:ihe:pat:apsr:breast:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.2", "urn:ihe:pat:apsr:colon:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.3", "urn:ihe:pat:apsr:prostate:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.4", "urn:ihe:pat:apsr:thyroid:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.5", "urn:ihe:pat:apsr:lung:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.6", "urn:ihe:pat:apsr:skin:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.7", "urn:ihe:pat:apsr:kidney:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.8", "urn:ihe:pat:apsr:cervix:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.9", "urn:ihe:pat:apsr:endometrium:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.10", "urn:ihe:pat:apsr:ovary:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.11", "urn:ihe:pat:apsr:esophagus:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.12", "urn:ihe:pat:apsr:stomach:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.13", "urn:ihe:pat:apsr:liver:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.14", "urn:ihe:pat:apsr:pancreas:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.15", "urn:ihe:pat:apsr:testis:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.16", "urn:ihe:pat:apsr:urinary_bladder:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.17", "urn:ihe:pat:apsr:lip_oral_cavity:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.18", "urn:ihe:pat:apsr:pharynx:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.19", "urn:ihe:pat:apsr:salivary_gland:2010", IHE],
  ["1.3.6.1.4.1.19376.1.8.1.1.2.20", "urn:ihe:pat:apsr:larynx:2010", IHE],
];
