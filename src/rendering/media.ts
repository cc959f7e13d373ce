import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import type { XmlElement } from "../xml/index.js";
import { child, decodeTextBytes } from "../xml/index.js";
import type { Findings } from "./findings.js";
import { imageSize } from "./image-size.js";
import type { RenderLimits } from "./limits.js";
import type { Media } from "./types.js";

type Kind = "png" | "jpeg" | "gif" | "pdf" | "text" | "other";

/** What a file is by its first bytes: what a document says of it is not believed. */
export function kindOf(bytes: Uint8Array, mediaType: string): Kind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString("latin1");
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "gif";
  if (head.includes("%PDF-")) return "pdf";
  return /^text\/plain\b/i.test(mediaType) && (!head.includes("\0") || UTF_16.test(head)) ? "text" : "other";
}

const UTF_16 = /^(?:\xff\xfe|\xfe\xff)/;

/** The characters of a text file, by its bytes and the `charset` that it says. */
export function textOfFile(media: Pick<Media, "bytes" | "mediaType">): string {
  return decodeTextBytes(media.bytes(), /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(media.mediaType)?.[1]);
}

const IMAGE: Readonly<Record<string, Kind>> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/jpg": "jpeg",
  "image/gif": "gif",
};

/** Files of a document by their XML ID, read when asked for: those that the narrative shows, and no other. */
export class MediaStore {
  readonly #elements = new Map<string, XmlElement>();
  readonly #made = new Map<string, Media>();
  /** By the element that holds them: an image may be within many regions. */
  readonly #bytes = new Map<XmlElement, Uint8Array | undefined>();
  #next = 1;
  #left = MAX_UNPACKED;

  constructor(
    root: XmlElement | undefined,
    private readonly findings: Findings,
    private readonly limits: RenderLimits,
  ) {
    if (root) this.#collect(root);
  }

  #collect(element: XmlElement): void {
    for (const each of element.children) {
      if (each.local === "text" || each.local === "title") continue;
      if (each.local === "observationMedia" || each.local === "regionOfInterest") {
        const id = each.attrs["ID"];
        if (id !== undefined && !this.#elements.has(id)) this.#elements.set(id, each);
      }
      this.#collect(each);
    }
  }

  /** The file of an identifier that `renderMultiMedia` refers to. */
  get(id: string, path: string): Media {
    const known = this.#made.get(id);
    if (known) return known;
    const media = this.#make(id, path);
    this.#made.set(id, media);
    return media;
  }

  #make(id: string, path: string): Media {
    const found = this.#elements.get(id);
    const region = found?.local === "regionOfInterest";
    const holder = region ? findMedia(found) : found;
    const value = holder && child(holder, "value");
    if (value === undefined) {
      this.findings.error("media_missing", "A file that the narrative shows is not in the document.", path);
      return this.#empty("absent", "");
    }
    if (region) this.findings.warn("media_region", "A region that the document marks on an image is not drawn.", path);
    const mediaType = (value.attrs["mediaType"] ?? "").trim().slice(0, 100);
    const address = child(value, "reference")?.attrs["value"];
    if (value.text.trim() === "" && address !== undefined) return this.outside(mediaType, address, path);
    const bytes = this.#bytesOf(value, mediaType);
    if (bytes === undefined || bytes.length === 0) {
      this.findings.error("media_unreadable", "A file that the narrative shows is empty, or cannot be unpacked.", path);
      return this.#empty("absent", mediaType);
    }
    return { ...this.of(bytes, mediaType, path), ...(region ? { region: true as const } : {}) };
  }

  #bytesOf(value: XmlElement, mediaType: string): Uint8Array | undefined {
    if (!this.#bytes.has(value))
      this.#bytes.set(value, this.#unpacked(decode(value, mediaType), value.attrs["compression"]));
    return this.#bytes.get(value);
  }

  /** A file outside of the document: told of by its address, never loaded. */
  outside(mediaType: string, address: string, path: string): Media {
    this.findings.error("media_outside", "A file that the document shows is outside of it: not loaded.", path);
    return { ...this.#empty("outside", mediaType), address };
  }

  #empty(kind: "absent" | "outside", mediaType: string): Media {
    return { number: this.#next++, kind, mediaType, size: 0, bytes: () => new Uint8Array() };
  }

  /**
   * The file of a value that says it is compressed. Software says so of files that are not: what is a known file already stays.
   *
   * @returns undefined where it is neither.
   */
  #unpacked(bytes: Uint8Array, compression: string | undefined): Uint8Array | undefined {
    if (compression === undefined || kindOf(bytes, "") !== "other") return bytes;
    const unpack = UNPACKERS.get(compression);
    if (unpack === undefined || this.#left <= 0) return undefined;
    try {
      const unpacked = unpack(bytes, { maxOutputLength: this.#left });
      this.#left -= unpacked.length;
      return unpacked;
    } catch {
      return undefined;
    }
  }

  /** A file, judged by its bytes. */
  of(bytes: Uint8Array, mediaType: string, path: string): Media {
    const kind = kindOf(bytes, mediaType);
    const declared = IMAGE[mediaType.toLowerCase()] ?? (/^application\/pdf\b/i.test(mediaType) ? "pdf" : undefined);
    if (declared !== undefined && declared !== kind)
      this.findings.warn("media_type_differs", "A file is not of the type that the document says.", path);
    const media: Media = { number: this.#next++, kind, mediaType, size: bytes.length, bytes: () => bytes };
    if (kind !== "png" && kind !== "jpeg" && kind !== "gif") return media;
    const size = imageSize(bytes, kind);
    if (size === undefined || size.width * size.height > this.limits.maxPixels) {
      this.findings.error("image_unreadable", "An image is damaged, or has more pixels than are shown.", path);
      return { ...media, kind: "other" };
    }
    return { ...media, ...size };
  }
}

const UNPACKERS = new Map([
  ["DF", inflateRawSync],
  ["ZL", inflateSync],
  ["GZ", gunzipSync],
]);

/** Bytes that the compressed files of one document may become, together. */
const MAX_UNPACKED = 100 * 1024 * 1024;

/** The image that a region is of. */
function findMedia(region: XmlElement): XmlElement | undefined {
  for (const each of region.children) {
    const found = each.local === "observationMedia" ? each : findMedia(each);
    if (found) return found;
  }
  return undefined;
}

function decode(value: XmlElement, mediaType: string): Uint8Array {
  const text = value.attrs["representation"] === "B64" || !/^text\//i.test(mediaType);
  const buffer = Buffer.from(value.text, text ? "base64" : "utf8");
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
