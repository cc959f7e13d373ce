import { describe, expect, it } from "vitest";
import { isMedimailError } from "../../src/errors.js";
import { type Peer, scriptedServer } from "./scripted-server.js";
import { ehloAnswer, greet, mail, plainTransportTo, transportTo } from "./smtp-kit.js";

const LIMIT = 800;
const TIMEOUTS = { connectMs: LIMIT, greetingMs: LIMIT, commandMs: LIMIT, contentMs: LIMIT, finalDotMs: LIMIT };

async function outcome(
  script: (peer: Peer) => Promise<void>,
  tls = false,
): Promise<{ code: string; ms: number; text: string }> {
  await using server = await scriptedServer(async (peer) => {
    await script(peer).catch(() => {});
  });
  await using transport = (tls ? transportTo : plainTransportTo)(server.port, { timeouts: TIMEOUTS });
  const start = performance.now();
  try {
    const result = await transport.send(mail());
    return { code: "sent", ms: performance.now() - start, text: JSON.stringify(result) };
  } catch (error) {
    if (!isMedimailError(error)) throw error;
    return { code: error.code, ms: performance.now() - start, text: JSON.stringify(error) + error.message };
  }
}

async function drip(peer: Peer, piece: string, everyMs: number): Promise<void> {
  for (let times = 0; times < 200; times++) {
    peer.raw(piece);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

describe("a hostile SMTP server: an error of ours, in bounded time", () => {
  it.each<[string, (peer: Peer) => Promise<void>, string, boolean?]>([
    ["a greeting without end", async (peer) => peer.raw("220 ".padEnd(2_000_000, "x")), "smtp_protocol"],
    ["a greeting of lines without number", async (peer) => peer.raw("220-x\r\n".repeat(100_000)), "smtp_protocol"],
    ["a greeting that drips, byte by byte", (peer) => drip(peer, "2", 100), "timeout"],
    ["a greeting that drips, line by line", (peer) => drip(peer, "220-x\r\n", 100), "timeout"],
    ["NULs", async (peer) => peer.raw("\0\0\0\r\n"), "smtp_protocol"],
    ["line ends without number", async (peer) => peer.raw("\n".repeat(100_000)), "smtp_protocol"],
    ["a code that changes within the reply", async (peer) => peer.raw("220-x\r\n250 y\r\n"), "smtp_protocol"],
    ["a code out of range", async (peer) => peer.raw("999 x\r\n"), "smtp_protocol"],
    ["replies that nobody asked for", async (peer) => peer.raw("220 x\r\n".repeat(100_000)), "smtp_protocol"],
    [
      "data after its answer to STARTTLS",
      async (peer) => {
        await greet(peer, ["STARTTLS"]);
        await peer.expect("STARTTLS");
        peer.raw("220 go\r\n250 AUTH EXTERNAL\r\n");
      },
      "starttls_injection",
      true,
    ],
    [
      "a SIZE beyond any number",
      async (peer) => {
        peer.send("220 x");
        await peer.expect("EHLO");
        ehloAnswer(peer, ["SIZE 99999999999999999999999999", "SIZE -1", "SIZE x"]);
        await peer.expect("MAIL");
        peer.send("550 no");
      },
      "smtp_permanent",
    ],
  ])("%s", async (_, script, code, tls) => {
    const found = await outcome(script, tls);
    expect(found.code).toBe(code);
    expect(found.ms).toBeLessThan(4 * LIMIT);
  });

  it("a refusal shows no address, no INS and no control of a terminal", async () => {
    const { text } = await outcome(async (peer) => {
      await greet(peer, []);
      await peer.expect("MAIL");
      peer.send(
        "550 5.1.1 185057800608491@patient.mssante.fr 1 85 05 78 006 084 91 \u001b[31m\u009b31m DUPONT <a@b.fr>",
      );
    });
    expect(text).not.toMatch(/18505|1 85 05|a@b\.fr|\\u001b|\u009b|\\u009b/);
  });
});
