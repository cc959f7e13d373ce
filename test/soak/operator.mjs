// The real operator of the soak: Dovecot and Postfix of ../shared, tokens that end, restarts, and a second client (webmail.py).
import { execFileSync, spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

/** A token is what it says: address, end, serial. */
const mint = (address, lifeMs) =>
  Buffer.from(JSON.stringify([address, Date.now() + lifeMs, Math.random()])).toString("base64url");

export async function startOperator(shared, folder, base) {
  const script = (name, ...more) =>
    execFileSync(join(shared, "mail-servers", name), [folder, ...more], { encoding: "utf8" });
  let settings;
  try {
    settings = JSON.parse(script("start", String(base)));
  } catch (error) {
    // It starts two servers, one after the other.
    script("stop");
    throw error;
  }
  const introspection = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    let answer = { active: false };
    try {
      const token = new URLSearchParams(body).get("token") ?? "";
      const [username, until] = JSON.parse(Buffer.from(token, "base64url").toString());
      if (until > Date.now()) answer = { active: true, username };
    } catch {}
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  await new Promise((resolve) => introspection.listen(base + 80, "127.0.0.1", resolve));
  const clients = [];
  return {
    settings,
    tokenFile(address) {
      return join(folder, `token-${address}`);
    },
    renew(address, lifeMs) {
      writeFileSync(this.tokenFile(address), mint(address, lifeMs));
    },
    /** Every process of Dovecot ends, and begins anew 5 s later. */
    async restart() {
      for (const run of ["run", "run2"]) {
        try {
          process.kill(Number(readFileSync(join(folder, run, "master.pid"), "utf8")));
        } catch {}
      }
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      for (const [conf] of [["dovecot.conf"], ["dovecot2.conf"]])
        execFileSync("dovecot", ["-c", join(folder, "dovecot", conf)], { stdio: "ignore" });
      execFileSync("postfix", ["-c", join(folder, "postfix"), "stop"], { stdio: "ignore" });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      execFileSync("postfix", ["-c", join(folder, "postfix"), "start"], { stdio: "ignore" });
      // What was deferred while one of them was away.
      setTimeout(() => execFileSync("postqueue", ["-c", join(folder, "postfix"), "-f"], { stdio: "ignore" }), 3_000);
    },
    flush: () => execFileSync("postqueue", ["-c", join(folder, "postfix"), "-f"], { stdio: "ignore" }),
    /** Mails that Postfix has not delivered yet. */
    waiting: () =>
      execFileSync("postqueue", ["-c", join(folder, "postfix"), "-j"], { encoding: "utf8" }).split("\n").length - 1,
    /** A backup that is restored: the same mails under another UIDVALIDITY. */
    renumber(address) {
      const box = join(folder, "mail", address);
      for (const name of readdirSync(box)) if (/^dovecot(-uidlist|\.index.*)$/.test(name)) rmSync(join(box, name));
    },
    webmail(addresses, seconds) {
      const { ca, imap, plainPassword } = settings;
      const told = spawn(
        "python3",
        [
          new URL("webmail.py", import.meta.url).pathname,
          ca,
          String(imap.port),
          plainPassword,
          String(seconds),
          ...addresses,
        ],
        { stdio: ["ignore", "inherit", "inherit"] },
      );
      clients.push(told);
      return told;
    },
    /** How often each Message-ID lies in a mailbox, whatever the folder. */
    held(address) {
      const counts = new Map();
      const walk = (at) => {
        for (const entry of readdirSync(at, { withFileTypes: true })) {
          const path = join(at, entry.name);
          if (entry.isDirectory()) walk(path);
          else if (/\/(cur|new)$/.test(at)) {
            const id = /^message-id:\s*<([^>]+)>/im.exec(readFileSync(path, "latin1").split(/\r?\n\r?\n/, 1)[0])?.[1];
            if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
          }
        }
      };
      try {
        walk(join(folder, "mail", address));
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
      return counts;
    },
    stop() {
      for (const client of clients) client.kill();
      introspection.close();
      script("stop");
    },
  };
}
