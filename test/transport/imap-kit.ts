import { createDialer } from "../../src/net/index.js";
import type { ImapMailbox, ImapMailboxOptions } from "../../src/transport/imap/index.js";
import { createImapMailbox } from "../../src/transport/imap/index.js";
import { createTlsVerifier } from "../../src/trust/index.js";
import type { Peer } from "./scripted-server.js";
import { authority, credentials, serverCertificate } from "./smtp-kit.js";

export function imapTo(port: number, options: Partial<ImapMailboxOptions> = {}): ImapMailbox {
  return createImapMailbox({
    host: "localhost",
    port,
    dialer: createDialer(),
    tls: createTlsVerifier({ ca: [authority.cert], revocation: "off" }),
    credentials: credentials({ mechanism: "external" }),
    mailbox: "labo@ch-test.mssante.fr",
    backoff: { minMs: 1, maxMs: 4 },
    ...options,
  });
}

/** Reads a command: its tag, and the rest. */
export async function command(peer: Peer): Promise<[tag: string, text: string]> {
  const line = await peer.line();
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** Greeting to authentication, which any mechanism passes. */
export async function login(peer: Peer): Promise<void> {
  peer.send("* OK imap.test ready");
  const [first] = await command(peer);
  peer.send("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED", `${first} OK done`);
  const [second] = await command(peer);
  peer.send(`${second} OK go`);
  await peer.startTls(serverCertificate);
  const [third] = await command(peer);
  peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=EXTERNAL AUTH=XOAUTH2 AUTH=PLAIN", `${third} OK done`);
  const [fourth] = await command(peer);
  peer.send(`${fourth} OK [CAPABILITY IMAP4rev1 SPECIAL-USE] welcome`);
}

export interface Folder {
  uidValidity: number;
  mails: { uid: number; raw: string }[];
}

export interface Box {
  folders: Record<string, Folder>;
  /** LIST lines. */
  list: string[];
  /** May answer a command in its own way, or drop the client: true where it did. */
  intercept?: (peer: Peer, tag: string, text: string) => boolean;
}

/** The few commands that our client uses, after {@link login}, until it logs out. */
export async function serveBox(peer: Peer, box: Box): Promise<void> {
  let selected: Folder | undefined;
  for (;;) {
    const [tag, text] = await command(peer);
    const upper = text.toUpperCase();
    if (box.intercept?.(peer, tag, text)) continue;
    if (upper.startsWith("CAPABILITY")) peer.send("* CAPABILITY IMAP4rev1 SPECIAL-USE", `${tag} OK done`);
    else if (upper === 'LIST "" ""') peer.send('* LIST (\\Noselect) "/" ""', `${tag} OK done`);
    else if (upper.startsWith("LIST")) peer.send(...box.list, `${tag} OK done`);
    else if (upper.startsWith("EXAMINE") || upper.startsWith("SELECT")) {
      selected = box.folders[text.slice(8).replaceAll('"', "")];
      if (!selected) peer.send(`${tag} NO [NONEXISTENT] no such folder`);
      else {
        peer.send(
          "* FLAGS (\\Seen)",
          `* ${selected.mails.length} EXISTS`,
          "* 0 RECENT",
          `* OK [UIDVALIDITY ${selected.uidValidity}] ok`,
          "* OK [UIDNEXT 1000] ok",
          `${tag} OK [READ-ONLY] done`,
        );
      }
    } else if (upper.startsWith("UID SEARCH")) {
      const uids =
        selected?.mails.filter((mail) => matches(mail, text, selected as Folder)).map(({ uid }) => uid) ?? [];
      peer.send(`* SEARCH${uids.map((uid) => ` ${uid}`).join("")}`, `${tag} OK done`);
    } else if (upper.startsWith("UID FETCH")) {
      const uid = Number(text.split(" ")[2]);
      const most = Number(/<0\.(\d+)>/.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
      const index = selected?.mails.findIndex((mail) => mail.uid === uid) ?? -1;
      const raw = selected?.mails[index]?.raw;
      if (raw !== undefined) {
        const part = raw.slice(0, most);
        peer.raw(
          `* ${index + 1} FETCH (UID ${uid} RFC822.SIZE ${raw.length} BODY[]<0> {${part.length}}\r\n${part})\r\n`,
        );
      }
      peer.send(`${tag} OK done`);
    } else if (upper.startsWith("LOGOUT")) {
      peer.send("* BYE bye", `${tag} OK done`);
      peer.end();
      return;
    } else if (upper.startsWith("NAMESPACE")) peer.send('* NAMESPACE (("" "/")) NIL NIL', `${tag} OK done`);
    else peer.send(`${tag} OK done`);
  }
}

function matches(mail: { uid: number; raw: string }, text: string, folder: Folder): boolean {
  const header = /HEADER "?MESSAGE-ID"? "?([^"\s]+)"?/i.exec(text)?.[1];
  if (header !== undefined) return mail.raw.includes(`Message-ID: ${header}`);
  const from = Number(/UID (\d+):\*/i.exec(text.slice(10))?.[1] ?? 1);
  const last = Math.max(...folder.mails.map(({ uid }) => uid));
  return mail.uid >= from || mail.uid === last;
}

export const rawMail = (id: string, body = "bonjour"): string =>
  `Message-ID: <${id}>\r\nSubject: essai\r\n\r\n${body}\r\n`;
