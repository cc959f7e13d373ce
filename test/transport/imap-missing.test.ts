import { expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import type { Logger } from "../../src/log.js";
import { command, imapTo, login } from "./imap-kit.js";
import { scriptedServer } from "./scripted-server.js";

it("a new mail whose content the server says is not there is tried again, then shown without; those after it are read", async () => {
  await using server = await scriptedServer(async (peer) => {
    await login(peer);
    for (;;) {
      const [tag, text] = await command(peer);
      if (text.startsWith("EXAMINE")) peer.send("* 2 EXISTS", "* OK [UIDVALIDITY 7] ok", `${tag} OK [READ-ONLY] done`);
      else if (text.startsWith("UID SEARCH")) peer.send("* SEARCH 3 4", `${tag} OK done`);
      else if (text.startsWith("UID FETCH 3"))
        peer.send("* 1 FETCH (UID 3 RFC822.SIZE 900 BODY[]<0> NIL)", `${tag} OK`);
      else if (text.startsWith("UID FETCH 4"))
        peer.send('* 2 FETCH (UID 4 RFC822.SIZE 4 BODY[]<0> "a: b")', `${tag} OK done`);
      else peer.send(`${tag} OK done`);
    }
  });
  const told: unknown[] = [];
  const logger: Logger = { log: (...line) => void (line[1] === "imap_mail_without_content" && told.push(line)) };
  await using mailbox = imapTo(server.port, { timeouts: { commandMs: 5_000 }, logger });
  const seen: unknown[] = [];
  for (let reading = 0; reading < 3; reading++)
    try {
      for await (const { uid, raw, size, truncated } of mailbox.fetchNew({ folder: "inbox", lastUid: 2 }))
        seen.push([uid, raw.length, size, truncated]);
    } catch (error) {
      seen.push(isMedimailError(error) && [error.code, error.retryable]);
    }
  const refused = ["imap_failed", true];
  expect(seen).toEqual([refused, refused, [3, 0, 900, true], [4, 4, 4, false]]);
  const fields = { host: "localhost", mailbox: "labo@ch-test.mssante.fr", attempt: 3 };
  expect(told).toEqual([["warn", "imap_mail_without_content", fields]]);
});
