import { describe, expect, it } from "vitest";
import { tokenCredentials } from "../../src/auth/index.js";
import { MedimailError } from "../../src/errors.js";
import type { CredentialSource, SaslStep } from "../../src/seams/index.js";
import { openAuthenticated } from "../../src/transport/log-in.js";
import { command, imapTo, serveBox } from "./imap-kit.js";
import { type Peer, scriptedServer } from "./scripted-server.js";
import { mail, serverCertificate, transportTo } from "./smtp-kit.js";

const USER = "dr@medecin.test.mssante.fr";
const tokenIn = (line: string): string =>
  /auth=Bearer ([^\x01]+)/.exec(Buffer.from(line.split(" ").at(-1) ?? "", "base64").toString())?.[1] ?? "";

/** Both servers of an operator. `refuses` looks at each token that is shown; what is shown is told in order. */
async function operator(refuses: (token: string, protocol: "smtp" | "imap") => boolean | Promise<boolean>) {
  const shown: [protocol: "smtp" | "imap", token: string][] = [];
  const isRefused = async (protocol: "smtp" | "imap", line: string): Promise<boolean> => {
    const token = tokenIn(line);
    shown.push([protocol, token]);
    return await refuses(token, protocol);
  };
  const smtp = await scriptedServer(async (peer) => {
    peer.send("220 smtp.test");
    await peer.expect("EHLO");
    peer.send("250-smtp.test", "250 STARTTLS");
    await peer.expect("STARTTLS");
    peer.send("220 go");
    await peer.startTls(serverCertificate);
    await peer.expect("EHLO");
    peer.send("250-smtp.test", "250 AUTH XOAUTH2");
    const refused = await isRefused("smtp", await peer.expect("AUTH"));
    peer.send(refused ? "535 5.7.8 no" : "235 ok");
    if (!refused) await takeMails(peer);
    else await peer.gone();
  });
  const imap = await scriptedServer(async (peer) => {
    peer.send("* OK imap.test ready");
    const [first] = await command(peer);
    peer.send("* CAPABILITY IMAP4rev1 STARTTLS", `${first} OK done`);
    const [second] = await command(peer);
    peer.send(`${second} OK go`);
    await peer.startTls(serverCertificate);
    const [third] = await command(peer);
    peer.send("* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2", `${third} OK done`);
    const [tag, text] = await command(peer);
    if (await isRefused("imap", text)) {
      peer.send(`${tag} NO [AUTHENTICATIONFAILED] no`);
      await peer.gone();
    } else {
      peer.send(`${tag} OK welcome`);
      await serveBox(peer, {
        list: ['* LIST (\\HasNoChildren) "/" INBOX'],
        folders: { INBOX: { uidValidity: 1, mails: [] } },
      });
    }
  });
  return {
    shown,
    ports: { smtp: smtp.port, imap: imap.port },
    async [Symbol.asyncDispose]() {
      await smtp[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
    },
  };
}

async function takeMails(peer: Peer): Promise<void> {
  for (;;) {
    const line = await peer.line();
    if (line === "DATA") {
      peer.send("354 go on");
      while ((await peer.line()) !== ".");
    }
    peer.send(line === "QUIT" ? "221 bye" : "250 ok");
  }
}

/** Gives t1, and another each time that it must. */
function numbered() {
  let count = 1;
  return tokenCredentials({
    username: USER,
    token: async ({ renew }) => `t${renew ? ++count : count}`,
  });
}

const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "ok",
    ({ code }: { code: string }) => code,
  );

describe("a token that a server refused (RFC 7628)", () => {
  it("is shown by none who logs in later, over whatever protocol", async () => {
    await using servers = await operator((token) => token === "t1" || token === "t2");
    const credentials = numbered();
    await using transport = transportTo(servers.ports.smtp, { credentials });
    await using mailbox = imapTo(servers.ports.imap, { credentials });
    // The fresh one is refused as well: it is as well known as the first.
    expect(await outcome(transport.send(mail()))).toBe("token_refused");
    expect(await outcome(mailbox.folders())).toBe("ok");
    expect(await outcome(transport.send(mail()))).toBe("ok");
    expect(servers.shown).toEqual([
      ["smtp", "t1"],
      ["smtp", "t2"],
      ["imap", "t3"],
      ["smtp", "t3"],
    ]);
  });

  it("is shown once by each of those who log in at the same moment, and one fresh one serves them all", async () => {
    let arrived = 0;
    let both = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      both = resolve;
    });
    await using servers = await operator(async (token) => {
      if (token !== "t1") return false;
      arrived += 1;
      if (arrived === 2) both();
      await waiting;
      return true;
    });
    const credentials = numbered();
    await using transport = transportTo(servers.ports.smtp, { credentials });
    await using mailbox = imapTo(servers.ports.imap, { credentials });
    expect(await Promise.all([outcome(transport.send(mail())), outcome(mailbox.folders())])).toEqual(["ok", "ok"]);
    const of = (wanted: string) => servers.shown.flatMap(([protocol, token]) => (token === wanted ? [protocol] : []));
    expect([of("t1").sort(), of("t2").sort(), servers.shown.length]).toEqual([["imap", "smtp"], ["imap", "smtp"], 4]);
  });
});

describe("opening with a credential", () => {
  const source = (): CredentialSource & { told: (SaslStep | undefined)[] } => ({
    told: [],
    certificate: async () => undefined,
    sasl: async () => ({ mechanism: "xoauth2", username: USER, token: "t", initialResponse: true }),
    async refused(_protocol, step) {
      this.told.push(step);
      return true;
    },
    close: async () => {},
  });

  it("uses up no token on a server that does not offer the mechanism", async () => {
    const credentials = source();
    let opened = 0;
    const opening = openAuthenticated("imap", credentials, async (own) => {
      opened += 1;
      await own.sasl("imap");
      throw new MedimailError("auth_refused", "does not offer it");
    });
    expect(await outcome(opening)).toBe("auth_refused");
    expect([opened, credentials.told]).toEqual([1, []]);
  });
});
