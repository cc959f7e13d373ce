import type { Cda } from "../../cda/index.js";
import { readCda } from "../../cda/index.js";
import type { OpenedXdm } from "../../xdm/index.js";
import type { Part } from "./parts.js";
import { contentOf } from "./parts.js";

/** A CDA that a mail holds where its metadata do not tell of it. */
export interface StrayCda {
  /** In the archive under a name that METADATA.XML does not give, or joined to the mail beside the archive. */
  where: "archive" | "beside";
  path: string;
  cda: Cda;
}

const MAX_READ = 20;

/**
 * The CDA beside those that the metadata name. A receiver takes in what the metadata name and shows the rest to nobody, or files a patient's document
 * with another's: what stands here is of the mail all the same. Copies of a document that is named are none.
 */
export function strayCdas(raw: Uint8Array, files: readonly Part[], opened: OpenedXdm | undefined): StrayCda[] {
  const named = (opened?.documents ?? []).flatMap(({ content }) => (content ? [Buffer.from(content)] : []));
  const candidates = [
    ...(opened?.otherFiles ?? []).map(({ path, content }) => ({
      where: "archive" as const,
      path,
      content: content ?? Buffer.of(),
    })),
    ...files
      .filter(({ type, filename }) => /xml/.test(type) || /\.(?:xml|cda)$/i.test(filename ?? ""))
      .slice(0, MAX_READ)
      .map((part) => ({ where: "beside" as const, path: part.filename ?? part.path, content: contentOf(raw, part) })),
  ];
  return candidates
    .filter(({ content }) => looksLikeCda(content) && !named.some((one) => one.equals(content)))
    .slice(0, MAX_READ)
    .flatMap(({ where, path, content }): StrayCda[] => {
      const cda = tryReadCda(content);
      return cda ? [{ where, path, cda }] : [];
    });
}

const looksLikeCda = (content: Uint8Array): boolean =>
  Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 20_000)).includes("ClinicalDocument");

/** A CDA, or undefined where it is none that can be read. */
export function tryReadCda(bytes: Uint8Array): Cda | undefined {
  try {
    return readCda(bytes);
  } catch {
    return undefined;
  }
}
