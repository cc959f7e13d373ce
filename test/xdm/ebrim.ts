import { readFileSync } from "node:fs";
import { join } from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";

/** A validator of METADATA.XML against ebRIM 3.0; throws with the reasons where it is not valid. */
export function ebrimValidator(shared: string): (metadata: Uint8Array) => void {
  xmlRegisterFsInputProviders();
  const path = join(shared, "schemas/ebrim/lcm.xsd");
  const schema = XmlDocument.fromBuffer(readFileSync(path), { url: path });
  const validator = XsdValidator.fromDoc(schema);
  return (metadata) => {
    const document = XmlDocument.fromBuffer(metadata);
    try {
      validator.validate(document);
    } finally {
      document.dispose();
    }
  };
}
