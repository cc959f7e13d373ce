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
  "CONDSTORE",
  "QRESYNC",
  "APPENDLIMIT",
] as const;

/** Every extension of IMAP that the mock has; each can be switched off. */
export const IMAP_EXTENSIONS = [...EARLY, ...LATE] as const;
export type ImapExtension = (typeof IMAP_EXTENSIONS)[number];

/** An extension goes with those it is built on. */
const NEEDS: Partial<Record<ImapExtension, readonly ImapExtension[]>> = {
  QRESYNC: ["CONDSTORE", "ENABLE"],
};

/** Whether an extension is there, given those that are switched off. */
export function isOffered(name: ImapExtension, off: (name: ImapExtension) => boolean): boolean {
  return !off(name) && (NEEDS[name] ?? []).every((needed) => isOffered(needed, off));
}

/** What CAPABILITY says. */
export function announce(options: {
  state: "clear" | "tls" | "authenticated";
  startTls: boolean;
  sizeLimit: number;
  offers: (name: ImapExtension) => boolean;
}): string {
  const { state, startTls, sizeLimit, offers } = options;
  const list: string[] = ["IMAP4rev1", ...EARLY.filter(offers)];
  if (state === "authenticated")
    list.push(...LATE.filter(offers).map((name) => (name === "APPENDLIMIT" ? `APPENDLIMIT=${sizeLimit}` : name)));
  else list.push("LOGINDISABLED");
  if (state === "clear" && startTls) list.push("STARTTLS");
  if (state === "tls") list.push(...MECHANISMS.map((name) => `AUTH=${name}`));
  return list.join(" ");
}
