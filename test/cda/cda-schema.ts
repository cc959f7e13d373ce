import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ParseOption, XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";

/** A validator of CDA R2 with the French extensions; throws with the reasons where a document is not valid. */
export function cdaValidator(shared: string): (document: Uint8Array) => void {
  xmlRegisterFsInputProviders();
  const path = join(shared, "schemas/cda/CDA_extended.xsd");
  const schema = XmlDocument.fromBuffer(readFileSync(path), { url: path });
  const validator = XsdValidator.fromDoc(schema);
  return (bytes) => {
    const document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_HUGE });
    try {
      validator.validate(document);
    } finally {
      document.dispose();
    }
  };
}
