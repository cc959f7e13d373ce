import { describe, expect, it } from "vitest";
import { transportFailure } from "../../src/seams/index.js";
import { parseCapabilities } from "../../src/transport/smtp/capabilities.js";
import { type Peer, scriptedServer } from "./scripted-server.js";
import { credentials, greet, greetTls, mail, plainTransportTo, takeMail, transportTo } from "./smtp-kit.js";

const reject = (reason: unknown): unknown => reason;

async function takeEnvelope(peer: Peer, data: string): Promise<void> {
  await peer.expect("MAIL");
  peer.send("250 ok");
  await peer.expect("RCPT");
  peer.send("250 ok");
  await peer.expect("DATA");
  peer.send(data);
}

describe("A session that is out of step", () => {
  it("is not used again where DATA is answered by a yes that is not 354", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer, []);
      if (index === 0) await takeEnvelope(peer, "250 ok");
      else await takeMail(peer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 1 });
    const [first, second] = await Promise.allSettled([transport.send(mail()), transport.send(mail())]);
    expect(first.status).toBe("rejected");
    expect(transportFailure((first as PromiseRejectedResult).reason)).toMatchObject({
      stage: "data",
      verdict: "temporary",
      reply: 250,
    });
    expect(second.status).toBe("fulfilled");
    expect(server.peers).toHaveLength(2);
  });

  it.each(["354 go", "500 5.5.1 what", "451 4.3.0 later"])(
    "is not used again where RSET is answered %s",
    async (said) => {
      await using server = await scriptedServer(async (peer, index) => {
        await greet(peer, []);
        if (index === 0) {
          await takeEnvelope(peer, "451 4.3.0 later");
          await peer.expect("RSET");
          peer.send(said);
          await peer.gone();
        } else await takeMail(peer);
      });
      await using transport = plainTransportTo(server.port, { maxConnections: 1, timeouts: { commandMs: 2_000 } });
      await transport.send(mail()).catch(reject);
      const error = await transport.send(mail()).catch(reject);
      expect(error).toMatchObject({ code: "smtp_temporary", retryable: true });
      expect(transportFailure(error)).toMatchObject({ stage: "mail", verdict: "temporary" });
      expect((await transport.send(mail())).reply).toBe(250);
      expect(server.peers.map(({ lines }) => lines.filter((line) => line.startsWith("MAIL")).length)).toEqual([1, 1]);
    },
  );

  it("ends where the server goes on talking while nothing is asked, whatever it says at a time", async () => {
    const long = `250-${"y".repeat(4000)}\r\n`.repeat(199);
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await takeMail(peer);
      for (let times = 0; times < 10; times += 1) peer.raw(`${long}250 y\r\n`);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    await server.peers[0]?.gone();
    expect(transport.stats()).toMatchObject({ open: 0 });
  });
});

describe("What EHLO announces", () => {
  it("is read in time in proportion, however often a keyword comes again", () => {
    const lines = ["mx.test", ...Array<string>(199).fill(`AUTH ${"A ".repeat(2_000)}`)];
    const start = process.cpuUsage();
    expect([...parseCapabilities({ code: 250, lines }).auth]).toEqual(["A"]);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(600);
  });

  it.each(["0x10", "1e1", "+5", "-5", "Infinity", "99999999999999999999"])("has no limit where SIZE is %s", (size) => {
    expect(parseCapabilities({ code: 250, lines: ["mx.test", `SIZE ${size}`] }).maxSize).toBe(0);
  });
});

describe("An answer to AUTH that says again what was given", () => {
  const given = { mechanism: "plain", username: "labo@ch-test.mssante.fr", password: "tr1ste" } as const;

  it.each<[string, (line: string) => string]>([
    ["in base64", (line) => `501 5.5.2 Syntax error: ${line}`],
    [
      "decoded",
      (line) => `454 4.7.0 ${Buffer.from(line.slice(11), "base64").toString("latin1").replaceAll("\0", " ")}`,
    ],
  ])("%s is quoted without it", async (_, answer) => {
    await using server = await scriptedServer(async (peer) => {
      await greetTls(peer, ["AUTH PLAIN"]);
      peer.send(answer(await peer.expect("AUTH PLAIN")));
      await peer.gone();
    });
    await using transport = transportTo(server.port, { credentials: credentials(given) });
    const error = (await transport.send(mail()).catch(reject)) as Error;
    const told = `${error.message} ${JSON.stringify(transportFailure(error))}`;
    expect(told).toMatch(/5\.5\.2 Syntax error|4\.7\.0/);
    expect(told).not.toMatch(/tr1ste|dHIxc3Rl|ch-test/);
    expect(told).not.toContain(Buffer.from("\0labo@ch-test.mssante.fr\0tr1ste").toString("base64").slice(4, 30));
  });
});
