import { describe, expect, it } from "vitest";
import { seededRandom, transportFailure } from "../../src/seams/index.js";
import { scriptedServer } from "./scripted-server.js";
import { greet, mail, plainTransportTo, readContent } from "./smtp-kit.js";

const MAILS = 120;
const ORDERLY = 20;

describe("mails behind mails, with a server that drops, refuses and ends sessions anywhere, and callers that give up", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("none arrives twice, and each says what became of it (seed %i)", async (seed) => {
    const random = seededRandom(seed);
    const chance = (share: number): boolean => random.fraction() < share;
    /** Dots read of each mail, and the code that answered the last. */
    const dots = new Map<string, { count: number; code: number | undefined }>();
    /** Mails whose content was written: only these can be in doubt. */
    const marked = new Set<number>();
    let followed = 0;
    let taken = 0;
    await using server = await scriptedServer(async (peer) => {
      const wild = (): boolean => taken >= ORDERLY && chance(0.02);
      await greet(peer);
      for (;;) {
        const first = await peer.line();
        if (first === "QUIT") return peer.end();
        if (first === "RSET") {
          peer.send("250 reset");
          continue;
        }
        if (wild()) return peer.drop();
        if (wild()) {
          peer.send("421 4.3.2 going");
          return peer.end();
        }
        peer.send(wild() ? "451 4.7.1 sender put off" : "250 ok");
        await peer.expect("RCPT");
        if (wild()) return peer.drop();
        const known = !wild();
        peer.send(known ? "250 ok" : "550 5.1.1 unknown");
        await peer.expect("DATA");
        if (wild()) return peer.drop();
        peer.send("354 go");
        const name = (await readContent(peer)).trim();
        taken++;
        if (peer.pending.startsWith("MAIL")) followed++;
        const entry = { count: (dots.get(name)?.count ?? 0) + 1, code: undefined as number | undefined };
        if (name !== "") dots.set(name, entry);
        if (wild()) return peer.drop();
        entry.code = wild() ? 421 : wild() ? 503 : wild() ? 451 : wild() ? 554 : 250;
        peer.send(`${entry.code} answered`);
        if (entry.code === 421 || wild()) return peer.end();
      }
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 3, maxMailsPerConnection: 15 });
    const send = async (n: number) => {
      const controller = new AbortController();
      const sent = transport.send(mail(`mail ${n}\r\n`), {
        signal: controller.signal,
        beforeFinalDot: async () => {
          marked.add(n);
          if (n >= ORDERLY && chance(0.03)) throw new Error("no mark");
        },
      });
      if (n >= ORDERLY && chance(0.1)) setTimeout(() => controller.abort(), random.fraction() * 20);
      return await sent.then(
        ({ reply, recipients }) => ({ reply: recipients.every(({ accepted }) => accepted) ? reply : undefined }),
        (error: unknown) => ({ error, failure: transportFailure(error) }),
      );
    };
    const outcomes = await Promise.all(Array.from({ length: MAILS }, (_, n) => send(n)));

    expect(server.errors).toEqual([]);
    for (const [n, outcome] of outcomes.entries()) {
      const seen = dots.get(`mail ${n}`);
      expect(seen?.count ?? 0, `mail ${n}`).toBeLessThanOrEqual(1);
      if ("reply" in outcome) expect(seen?.code, `mail ${n}`).toBe(outcome.reply);
      else if (outcome.failure?.verdict !== "unknown") expect(seen?.code ?? 0, `mail ${n}`).not.toBe(250);
      // Lost behind its own dot, or given up there; never for what befell another.
      else expect(marked, `mail ${n}`).toContain(n);
    }
    expect(followed).toBeGreaterThan(MAILS / 4);
    expect(transport.stats()).toMatchObject({ active: 0, waiting: 0 });
  });
});
