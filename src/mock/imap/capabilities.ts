import { MedimailError } from "../../errors.js";
import type { MockImapOptions } from "../options.js";
import type { Mechanism } from "../sasl.js";
import { MECHANISMS } from "../sasl.js";

/** Announced before the login already. */
const EARLY = ["SASL-IR", "ID", "ENABLE", "LITERAL+"] as const;
/** Announced once the client is known. */
const LATE = [
  "NAMESPACE",
  "IDLE",
  "UIDPLUS",
  "MOVE",
  "UNSELECT",
  "SPECIAL-USE",
  "CHILDREN",
  "LIST-EXTENDED",
  "LIST-STATUS",
  "STATUS=SIZE",
  "ESEARCH",
  "CONDSTORE",
  "QRESYNC",
  "NOTIFY",
  "QUOTA",
  "APPENDLIMIT",
] as const;

/** Every extension of IMAP that the mock has; each can be switched off. */
export const IMAP_EXTENSIONS = [...EARLY, ...LATE] as const;
export type ImapExtension = (typeof IMAP_EXTENSIONS)[number];

/** An extension goes with those it is built on. */
const NEEDS: Partial<Record<ImapExtension, readonly ImapExtension[]>> = {
  QRESYNC: ["CONDSTORE", "ENABLE"],
  "LIST-STATUS": ["LIST-EXTENDED"],
};

/** What the options of a mock leave of the extensions and of the mechanisms. */
export class Offer {
  readonly #off: ReadonlySet<string>;
  readonly mechanisms: readonly Mechanism[];

  /** Throws `invalid_argument` for a capability that the mock does not have. */
  constructor({ bare = false, without = [] }: MockImapOptions) {
    const known: readonly string[] = [...IMAP_EXTENSIONS, ...MECHANISMS.map((name) => `AUTH=${name}`)];
    const unknown = without.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new MedimailError("invalid_argument", "The mock's IMAP has no such capability", {
        path: "imap.without",
        hint: `Known: ${known.join(", ")}.`,
      });
    this.#off = new Set<string>(bare ? [...IMAP_EXTENSIONS, ...without] : without);
    this.mechanisms = MECHANISMS.filter((name) => !this.#off.has(`AUTH=${name}`));
  }

  /** Whether an extension is there, given those that a session goes without. */
  has(name: ImapExtension, lacking: (name: ImapExtension) => boolean): boolean {
    return !this.#off.has(name) && !lacking(name) && (NEEDS[name] ?? []).every((needed) => this.has(needed, lacking));
  }
}

/** What CAPABILITY says. */
export function announce(options: {
  state: "clear" | "tls" | "authenticated";
  startTls: boolean;
  sizeLimit: number;
  mechanisms: readonly Mechanism[];
  offers: (name: ImapExtension) => boolean;
}): string {
  const { state, startTls, sizeLimit, mechanisms, offers } = options;
  const list: string[] = ["IMAP4rev1", ...EARLY.filter(offers)];
  if (state === "authenticated") list.push(...LATE.filter(offers).map((name) => asAnnounced(name, sizeLimit)));
  else list.push("LOGINDISABLED");
  if (state === "clear" && startTls) list.push("STARTTLS");
  if (state === "tls") list.push(...mechanisms.map((name) => `AUTH=${name}`));
  return list.join(" ");
}

function asAnnounced(name: ImapExtension, sizeLimit: number): string {
  if (name === "APPENDLIMIT") return `APPENDLIMIT=${sizeLimit}`;
  return name === "QUOTA" ? "QUOTA QUOTA=RES-STORAGE" : name;
}
