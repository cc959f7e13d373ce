import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { MllpClient, type MllpClientTls, startMllpServer } from "../../src/transport/mllp/index.js";
import { testAuthority } from "../tools/certificates.js";
import { block, bytes, eventually, gate, Sender, started, text } from "./mllp-kit.js";

const authority = testAuthority();
const other = testAuthority(undefined, "other");
const leaf = authority.issue({ dns: ["eai.test"], ip: ["127.0.0.1"] });
const client = authority.issue({ cn: "eai", usage: "client" });
const stranger = other.issue({ cn: "eai", usage: "client" });
const tls = { key: leaf.key, cert: leaf.cert };
const known = { ...tls, ca: authority.cert, requireClientCertificate: true };

async function say(port: number, options: MllpClientTls, message = "1", timeoutMs = 10_000): Promise<string> {
  await using mllp = new MllpClient({ host: "127.0.0.1", port, tls: options, timeoutMs });
  return text(await mllp.send(bytes(message)));
}

describe("MLLP over TLS", () => {
  it("is spoken by both, and not warned of", async () => {
    await using served = await started({ tls, host: "0.0.0.0" });
    const large = "x".repeat(500_000);
    expect(await say(served.port, { ca: authority.cert }, large)).toBe(`ack ${large}`);
    expect(await say(served.port, { ca: [authority.cert], serverName: "eai.test" })).toBe("ack 1");
    expect(served.log.codes("mllp.plain")).toEqual([]);
    expect(served.log.lines.find(({ event }) => event === "mllp.connected")?.fields.host).toBe("127.0.0.1");
  });

  it("asks a client for a certificate of its authorities where it is told to", async () => {
    await using served = await started({ tls: known });
    expect(await say(served.port, { ca: authority.cert, certificate: client })).toBe("ack 1");
    const refused = expect.objectContaining({ code: expect.stringMatching(/^(tls_failed|connection_lost)$/) });
    await expect(say(served.port, { ca: authority.cert })).rejects.toEqual(refused);
    await expect(say(served.port, { ca: authority.cert, certificate: stranger })).rejects.toEqual(refused);
    await eventually(() => served.log.codes("mllp.refused").length === 2);
    expect(served.log.codes("mllp.refused")).toEqual(["tls_failed", "tls_failed"]);
    expect(served.log.codes("mllp.answered").length, "that of the first alone").toBe(1);
  });

  it("is 1.2 at least", async () => {
    await using served = await started({ tls });
    const old = Sender.over({
      port: served.port,
      ca: authority.cert,
      maxVersion: "TLSv1.1",
      minVersion: "TLSv1",
      ciphers: "DEFAULT:@SECLEVEL=0",
    });
    await expect(old).rejects.toThrow(/protocol version/i);
    const sender = await Sender.over({ port: served.port, ca: authority.cert, maxVersion: "TLSv1.2" });
    sender.socket.write(block("1"));
    expect(await sender.answered(1)).toEqual(["ack 1"]);
    sender.socket.destroy();
  });

  it.each([
    ["an unknown authority", {}, "certificate_invalid", "comes from an unknown authority"],
    ["another name", { ca: authority.cert, serverName: "lab.test" }, "certificate_invalid", "is for another name"],
    [
      "a key that is not our certificate's",
      { ca: authority.cert, certificate: { cert: client.cert, key: other.key } },
      "certificate_invalid",
      "our client certificate cannot be used",
    ],
  ])("is not spoken with %s: nothing is sent", async (_what, options, code, message) => {
    await using served = await started({ tls });
    await expect(say(served.port, options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(served.log.codes("mllp.answered")).toEqual([]);
  });

  it("is not spoken with a server that has none, nor with one that hangs up or is silent in the handshake", async () => {
    await using served = await started();
    await expect(say(served.port, { ca: authority.cert }, "1", 150)).rejects.toMatchObject({
      code: "timeout",
      message: "127.0.0.1 did not answer within 150 ms",
    });
    const rude = createServer((socket) => void socket.on("error", () => {}).once("data", () => socket.destroy()));
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const { port } = rude.address() as { port: number };
    await expect(say(port, { ca: authority.cert })).rejects.toMatchObject({ code: "tls_failed", retryable: true });
    await new Promise((resolve) => rude.close(resolve));
  });

  it("answers a peer that has closed its side, and closes amid an answer", async () => {
    const [first, seen] = [gate(), gate()];
    const { server } = await started({
      tls,
      onMessage: async () => {
        seen.open();
        await first.wait;
        return bytes("ok");
      },
    });
    const sender = await Sender.over({ port: server.port, ca: authority.cert });
    sender.socket.end(block("1"));
    await seen.wait;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const closing = server.close();
    first.open();
    await closing;
    await sender.gone();
    expect(sender.answers).toEqual(["ok"]);
  });

  it("ends those in the handshake when it is closed, and logs who speaks none", async () => {
    const { server, log } = await started({ tls });
    const plain = await Sender.to(server.port);
    plain.socket.write(block("MSH|^~\\&|EAI"));
    await plain.gone();
    expect(log.lines.filter(({ event }) => event === "mllp.refused").map(({ fields }) => fields)).toEqual([
      { host: "127.0.0.1", code: "tls_failed" },
    ]);
    const silent = connect(server.port, "127.0.0.1");
    const gone = new Promise((resolve) => silent.once("close", resolve));
    await new Promise((resolve) => silent.once("connect", resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close();
    await gone;
  });

  it("needs a certificate that can be used, and authorities where it asks for one", async () => {
    const start = (options: typeof tls) => startMllpServer({ tls: options, onMessage: async () => bytes("") });
    await expect(start({ ...tls, key: other.key })).rejects.toMatchObject({
      code: "certificate_invalid",
      path: "tls.cert",
    });
    await expect(start({ ...tls, cert: "none" })).rejects.toMatchObject({ code: "certificate_invalid" });
    await expect(
      startMllpServer({ tls: { ...tls, requireClientCertificate: true }, onMessage: async () => bytes("") }),
    ).rejects.toMatchObject({ code: "invalid_argument", path: "tls.ca" });
  });
});
