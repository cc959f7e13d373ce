import { domainToASCII } from "node:url";
import { SaxesParser } from "saxes";
import { MedimailError } from "../../errors.js";

/** One entry of the list, trimmed. A domain has several where it changes its operator or its certificate. */
export interface WhiteListEntry {
  /** Lower case, in ASCII (IDNA): what an address is compared with. */
  domain: string;
  description?: string;
  /** DN of the operator's certificate towards other operators, verbatim. Information: never compared with the certificate of a server. */
  operatorDn?: string;
  updatedAt?: string;
}

/** What was read of a whole list. */
export interface WhiteListContent {
  /** `DateDeGeneration`, in ms since 1970; undefined where the list has none that can be read. */
  generatedAt: number | undefined;
  entries: WhiteListEntry[];
}

/** The official list has 8,655 entries in some 5 MB (interfaces.md §3); ten times as much is not one any more. */
export const WHITE_LIST_LIMITS = {
  bytes: 64_000_000,
  entries: 100_000,
  /** Elements, comments, instructions: an entry has five. */
  parts: 1_000_000,
  text: 4_096,
  depth: 8,
} as const;
/** Characters of one tag, text, comment…, which the tokeniser holds until its end; attributes of one element. */
const MAX_TOKEN = 128 * 1024;
const MAX_ATTRIBUTES = 100;

const ROOT = "ListeBlancheMSSante";
const NAMESPACE = "https://listeblanche.mssante.fr/schema";
const FIELDS: Readonly<Record<string, keyof Draft>> = {
  Nom: "name",
  Description: "description",
  DNCertificatOperateur: "dn",
  DateMAJ: "updated",
};

interface Draft {
  name?: string;
  description?: string;
  dn?: string;
  updated?: string;
}

/**
 * Reads the list as it comes, without holding its text. All or nothing: a list that is cut, is not well-formed, or has no
 * domain is refused, so that the one in use stays.
 *
 * @throws white_list_invalid
 */
export async function readWhiteList(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<WhiteListContent> {
  const reader = new Reader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > WHITE_LIST_LIMITS.bytes) throw invalid(`it is larger than ${WHITE_LIST_LIMITS.bytes} bytes`);
    reader.write(decoded(() => decoder.decode(chunk, { stream: true })));
  }
  reader.write(decoded(() => decoder.decode()));
  return reader.end();
}

class Reader {
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #entries: WhiteListEntry[] = [];
  readonly #path: string[] = [];
  #generated: number | undefined;
  #draft: Draft | undefined;
  #text = "";
  #isWhole = false;
  /** Characters read since the tokeniser has last told anything. */
  #untold = 0;
  #attributes = 0;
  #parts = 0;

  constructor() {
    const parser = this.#parser;
    parser.on("error", () => {
      throw invalid(`it is not well-formed XML near line ${parser.line}`);
    });
    parser.on("doctype", () => {
      throw invalid("it has a DTD");
    });
    parser.on("opentag", ({ local, uri }) => this.#open(local, uri));
    parser.on("text", (text) => this.#add(text));
    parser.on("cdata", (text) => this.#add(text));
    parser.on("closetag", ({ local }) => this.#close(local));
    parser.on("attribute", () => {
      this.#untold = 0;
      this.#attributes += 1;
      if (this.#attributes > MAX_ATTRIBUTES) throw invalid("one of its elements has too many attributes");
    });
    for (const kind of ["comment", "processinginstruction"] as const)
      parser.on(kind, () => {
        this.#untold = 0;
        this.#count();
      });
  }

  write(text: string): void {
    this.#untold += text.length;
    this.#parser.write(text);
    if (this.#untold > MAX_TOKEN) throw tooLong();
  }

  end(): WhiteListContent {
    this.#parser.close();
    if (!this.#isWhole) throw invalid("it is cut before its end");
    if (this.#entries.length === 0) throw invalid("it names no domain");
    return { generatedAt: this.#generated, entries: this.#entries };
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > WHITE_LIST_LIMITS.parts) throw invalid(`it has more than ${WHITE_LIST_LIMITS.parts} parts`);
  }

  #open(local: string, uri: string): void {
    this.#untold = 0;
    this.#count();
    this.#attributes = 0;
    if (this.#path.length === 0 && (local !== ROOT || uri !== NAMESPACE))
      throw invalid("its root is not that of a MSSanté white list");
    if (this.#path.length >= WHITE_LIST_LIMITS.depth) throw invalid("it is nested too deep");
    this.#path.push(uri === NAMESPACE ? local : "");
    this.#text = "";
    if (this.#at(ROOT, "ListeDomaines", "Domaine")) this.#draft = {};
  }

  #add(text: string): void {
    this.#untold = 0;
    if (this.#text.length + text.length > WHITE_LIST_LIMITS.text) throw tooLong();
    this.#text += text;
  }

  #close(local: string): void {
    this.#untold = 0;
    const text = this.#text.trim();
    this.#text = "";
    const field = Object.hasOwn(FIELDS, local) ? FIELDS[local] : undefined;
    if (this.#at(ROOT, "DateDeGeneration")) this.#generated = dateOf(text);
    else if (this.#draft && field && this.#path.length === 4) this.#draft[field] ??= text;
    else if (this.#at(ROOT, "ListeDomaines", "Domaine") && this.#draft) this.#take(this.#draft);
    else if (this.#at(ROOT)) this.#isWhole = true;
    this.#path.pop();
  }

  #take({ name = "", description, dn, updated }: Draft): void {
    this.#draft = undefined;
    const domain = domainName(name);
    // One entry that means nothing must not take the rest away; it stands for no domain.
    if (domain === undefined) return;
    if (this.#entries.length >= WHITE_LIST_LIMITS.entries)
      throw invalid(`it has more than ${WHITE_LIST_LIMITS.entries} entries`);
    this.#entries.push({
      domain,
      ...(description ? { description } : {}),
      ...(dn ? { operatorDn: dn } : {}),
      ...(updated ? { updatedAt: updated } : {}),
    });
  }

  #at(...path: string[]): boolean {
    return path.length === this.#path.length && path.every((name, index) => name === this.#path[index]);
  }
}

/**
 * A domain as it is compared: trimmed, without a final dot, in lower case, a Unicode name in its ASCII form (IDNA).
 *
 * @returns undefined where the text is no domain name
 */
export function domainName(text: string): string | undefined {
  const given = text.trim().replace(/\.$/, "");
  // Node reads it as the host of a URL, which ends at a slash, and where `%63` is a letter.
  if (!/^[\w.\u0080-\uffff-]*$/.test(given)) return undefined;
  const name = domainToASCII(given).toLowerCase();
  return /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
    ? name
    : undefined;
}

function dateOf(text: string): number | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function decoded(work: () => string): string {
  try {
    return work();
  } catch {
    throw invalid("it is not UTF-8");
  }
}

const tooLong = (): MedimailError => invalid("one of its values is too long");

function invalid(why: string): MedimailError {
  return new MedimailError("white_list_invalid", `the white list is refused: ${why}`, {
    hint: "The list in use stays. Ask again later, or check the address it comes from.",
  });
}
