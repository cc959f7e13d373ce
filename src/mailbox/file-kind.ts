/** What a file of a mail may be to a receiver of health documents, by its name and type; its bytes decide later. */
export type FileKind = "archive" | "cda" | "pdf" | "mail" | "tnef" | "other";

interface Named {
  name: string;
  mimeType: string;
}

const XDM_NAME = /ihe[_ -]?xdm/i;
const OPAQUE = /^application\/(?:octet-stream|x-download|download|force-download|binary|unknown)$/;

export function kindOf({ name, mimeType }: Named): FileKind {
  if (/^message\/(?:global-?)?(?:rfc822|global)$/.test(mimeType) || /\.eml$/i.test(name)) return "mail";
  if (/^application\/(?:vnd\.)?ms-tnef$/.test(mimeType) || /^(?:winmail|att\d+)\.dat$/i.test(name)) return "tnef";
  if (/^application\/(?:x-)?zip(?:-compressed)?$/.test(mimeType) || /\.zip$/i.test(name)) return "archive";
  if (XDM_NAME.test(name) && (OPAQUE.test(mimeType) || /\/x?-?zip/.test(mimeType))) return "archive";
  if (/^application\/(?:x-)?pdf$/.test(mimeType) || /\.pdf$/i.test(name)) return "pdf";
  if (/cda|^(?:text|application)\/xml$|^application\/xslt\+xml$/i.test(mimeType) || /\.xml$/i.test(name)) return "cda";
  return "other";
}

/** Whether the sender says that it is an IHE XDM archive, so that one that is none is a fault. */
export const saysXdm = ({ name }: Named): boolean => XDM_NAME.test(name);

/** Office documents are archives by design, and none of ours. */
export const isOffice = ({ name }: Named): boolean => /\.(?:docx|xlsx|pptx|odt|ods|odp|epub|jar|apk)$/i.test(name);

/** `ClinicalDocument` near the beginning of an XML file, in UTF-8 or UTF-16: a self-rendering one has its sheet before it. */
export function looksLikeCda(bytes: Uint8Array): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    all.includes("ClinicalDocument") || all.subarray(0, 65_536).includes(Buffer.from("ClinicalDocument", "utf16le"))
  );
}
