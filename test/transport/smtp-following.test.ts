import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { createDialer } from "../../src/net/index.js";
import { type Dialer, type OutgoingMail, type SendOptions, transportFailure } from "../../src/seams/index.js";
import type { SmtpTransport } from "../../src/transport/smtp/index.js";
import type { Peer } from "./scripted-server.js";
import { scriptedServer } from "./scripted-server.js";
import { ALL, credentials, greet, mail, plainTransportTo, readContent, takeMail } from "./smtp-kit.js";

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function gate(): { open: () => void; opened: Promise<void> } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

async function outcome(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    (result) => (result as { answer: string }).answer,
    (error: unknown) => {
      const failure = transportFailure(error);
      return { code: (error as MedimailError).code, stage: failure?.stage, verdict: failure?.verdict };
    },
  );
}

const A = mail("a\r\n");
const B = mail("b\r\n", { from: "b@ch-test.mssante.fr" });
const C = mail("c\r\n");

/** Sends all of them; the dot of the first is written when the others wait for its session. */
function sendQueued(
  transport: SmtpTransport,
  mails: OutgoingMail[],
  options: SendOptions[] = [],
): Promise<Promise<unknown>[]> {
  return new Promise((resolve) => {
    const sends: Promise<unknown>[] = [];
    const beforeFinalDot = async (): Promise<void> => {
      for (const [index, next] of mails.slice(1).entries())
        sends.push(outcome(transport.send(next, options[index + 1])));
      resolve(sends);
    };
    sends.push(outcome(transport.send(mails[0] as OutgoingMail, { ...options[0], beforeFinalDot })));
  });
}

/** Greeting, and one mail up to its final dot, which is not answered. */
async function toDot(peer: Peer, capabilities: readonly string[] = ALL): Promise<void> {
  await greet(peer, capabilities);
  await peer.expect("MAIL");
  if (!capabilities.includes("PIPELINING")) {
    peer.send("250 ok");
    await peer.expect("RCPT");
    peer.send("250 ok");
    await peer.expect("DATA");
    peer.send("354 go");
  } else {
    peer.send("250 ok", "250 ok", "354 go");
    await peer.until("DATA\r\n");
  }
  await readContent(peer);
}

const one = { maxConnections: 1 };
const ENVELOPE_B =
  "MAIL FROM:<b@ch-test.mssante.fr> SIZE=3 BODY=8BITMIME\r\nRCPT TO:<a@medecin.test.mssante.fr>\r\nDATA\r\n";

describe("the envelope of the next mail", () => {
  it("goes with the final dot, in one write, and its content after the answers", async () => {
    const written: string[] = [];
    const dialer: Dialer = {
      async connect(...target) {
        const socket = await createDialer().connect(...target);
        const write = socket.write.bind(socket) as (...all: unknown[]) => boolean;
        socket.write = ((...all: unknown[]) => {
          written.push(Buffer.from(all[0] as string).toString("latin1"));
          return write(...all);
        }) as typeof socket.write;
        return socket;
      },
    };
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      peer.send("250 queued a");
      await takeMail(peer, "250 queued b");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { ...one, dialer });
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual(["250 queued a", "250 queued b"]);
    expect(written.slice(written.indexOf("a\r\n"))).toEqual(["a\r\n", `.\r\n${ENVELOPE_B}`, "b\r\n", ".\r\n"]);
    expect(server.errors).toEqual([]);
  });

  it("serves a whole queue so, in order, each mail with its own answer and its own mark before its own dot", async () => {
    const seen: string[] = [];
    const taken: string[] = [];
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      for (;;) {
        await peer.expect("MAIL");
        peer.send("250 ok");
        await peer.expect("RCPT");
        peer.send("250 ok");
        await peer.expect("DATA");
        peer.send("354 go");
        const content = (await readContent(peer)).trim();
        seen.push(`dot ${content}`);
        taken.push(content);
        peer.send(`250 queued ${content}`);
      }
    });
    await using transport = plainTransportTo(server.port, one);
    const names = ["a", "b", "c", "d", "e"];
    const mails = names.map((name) => mail(`${name}\r\n`));
    const marks = names.map((name) => ({
      beforeFinalDot: async () => {
        seen.push(`mark ${name}`);
      },
    }));
    const answers = await Promise.all(mails.map((each, index) => outcome(transport.send(each, marks[index]))));
    expect(answers).toEqual(names.map((name) => `250 queued ${name}`));
    expect(seen).toEqual(names.flatMap((name) => [`mark ${name}`, `dot ${name}`]));
    expect(transport.stats()).toMatchObject({ open: 1, idle: 1, active: 0, waiting: 0, sent: 5 });
  });

  it.each<[string, readonly string[], Partial<Parameters<typeof plainTransportTo>[1]>]>([
    ["does not announce PIPELINING", ["SIZE 1000000"], {}],
    ["has come to the last mail of its session", ALL, { maxMailsPerConnection: 1 }],
  ])("waits for the answer where the server %s", async (_what, capabilities, more) => {
    let beside: string | undefined;
    await using server = await scriptedServer(async (peer, index) => {
      if (index > 0) {
        await greet(peer, capabilities);
        await takeMail(peer);
        return await peer.gone();
      }
      await toDot(peer, capabilities);
      for (let count = 0; count < 10; count++) await turn();
      beside = peer.pending;
      peer.send("250 queued a");
      if (more?.maxMailsPerConnection) return await peer.gone();
      await peer.expect("MAIL");
      peer.send("250 ok");
      await peer.expect("RCPT");
      peer.send("250 ok");
      await peer.expect("DATA");
      peer.send("354 go");
      await readContent(peer);
      peer.send("250 2.0.0 queued");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { ...one, ...more });
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual(["250 queued a", "250 2.0.0 queued"]);
    expect(beside).toBe("");
  });

  it("does not go ahead where it cannot be written, and fails alone", async () => {
    let beside: string | undefined;
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      beside = peer.pending;
      peer.send("250 queued a");
      await takeMail(peer, "250 queued c");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, { ...B, size: 2_000_000 }, C]);
    expect(await Promise.all(sends)).toEqual([
      "250 queued a",
      { code: "mail_too_large", stage: "mail", verdict: "permanent" },
      "250 queued c",
    ]);
    expect(beside).toBe("");
  });
});

describe("a mail that follows another, and what happens to that one", () => {
  it.each<[string, (peer: Peer) => void]>([
    ["drops", (peer) => peer.drop()],
    ["answers its dot with a question", (peer) => peer.send("354 what")],
    ["answers its dot with garbage", (peer) => peer.raw("\x00\r\n")],
  ])("is sent elsewhere where the server %s: only the first is unknown", async (_what, act) => {
    await using server = await scriptedServer(async (peer, index) => {
      if (index === 0) {
        await toDot(peer);
        await peer.until("DATA\r\n");
        act(peer);
        await peer.gone();
      } else {
        await greet(peer);
        await takeMail(peer, "250 queued b");
        await peer.gone();
      }
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual([
      { code: "delivery_unknown", stage: "final-dot", verdict: "unknown" },
      "250 queued b",
    ]);
    expect(server.peers[0]?.pending).toBe("");
  });

  it("is sent elsewhere where the first is not answered in time", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      if (index === 0) return await toDot(peer).then(() => peer.gone());
      await greet(peer);
      await takeMail(peer, "250 queued b");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, { ...one, timeouts: { finalDotMs: 40 } });
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual([
      { code: "delivery_unknown", stage: "final-dot", verdict: "unknown" },
      "250 queued b",
    ]);
  });

  it.each(["421 4.3.2 going down", "503 5.5.1 out of step"])(
    "is sent elsewhere where the first's dot is answered %j",
    async (answer) => {
      await using server = await scriptedServer(async (peer, index) => {
        if (index === 0) {
          await toDot(peer);
          peer.send(answer);
        } else {
          await greet(peer);
          await takeMail(peer, "250 queued b");
        }
        await peer.gone();
      });
      await using transport = plainTransportTo(server.port, one);
      const sends = await sendQueued(transport, [A, B]);
      expect(await Promise.all(sends)).toEqual([
        { code: "smtp_temporary", stage: "final-dot", verdict: "temporary" },
        "250 queued b",
      ]);
      expect(server.peers).toHaveLength(2);
    },
  );

  it.each([
    ["451 4.7.1 later", "smtp_temporary", "temporary"],
    ["554 5.6.0 no", "smtp_permanent", "permanent"],
  ])("goes on where the first's dot is answered %j", async (answer, code, verdict) => {
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      peer.send(answer);
      await takeMail(peer, "250 queued b");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual([{ code, stage: "final-dot", verdict }, "250 queued b"]);
    expect(server.peers).toHaveLength(1);
  });

  it("takes the next idle or new session after a drop at its MAIL, the first being accepted", async () => {
    await using server = await scriptedServer(async (peer, index) => {
      if (index === 0) {
        await toDot(peer);
        peer.send("250 queued a");
        peer.end();
      } else {
        await greet(peer);
        await takeMail(peer, "250 queued b");
      }
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual(["250 queued a", "250 queued b"]);
    expect(server.peers).toHaveLength(2);
  });

  it("is a plain retry after a drop behind its MAIL", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      peer.send("250 queued a", "250 ok");
      await peer.until("DATA\r\n");
      peer.end();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B]);
    expect(await Promise.all(sends)).toEqual([
      "250 queued a",
      { code: "connection_lost", stage: "rcpt", verdict: "temporary" },
    ]);
  });

  it("has its refusals for itself, and the one after it resets the session", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      peer.send("250 queued a", "250 ok", "550 5.1.1 unknown", "503 5.5.1 no recipient");
      await peer.until("DATA\r\n");
      await peer.expect("RSET");
      peer.send("250 ok");
      await takeMail(peer, "250 queued c");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B, C]);
    expect(await Promise.all(sends)).toEqual(["250 queued a", "550 5.1.1 unknown", "250 queued c"]);
    expect(server.errors).toEqual([]);
  });
});

describe("a mail that follows another and is given up", () => {
  async function givenUp(
    how: (transport: SmtpTransport, abort: () => void) => void,
    options: SendOptions = {},
  ): Promise<{ outcomes: unknown[]; rest: string; gone: boolean }> {
    const controller = new AbortController();
    const written = gate();
    const answer = gate();
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      await peer.until("DATA\r\n");
      written.open();
      await answer.opened;
      peer.send("250 queued a", "250 ok", "250 ok", "354 go");
      await peer.gone();
    });
    const transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(transport, [A, B], [{}, { signal: controller.signal, ...options }]);
    await written.opened;
    how(transport, () => controller.abort());
    const second = await sends[1];
    expect(transport.stats()).toMatchObject({ active: 1, waiting: 0 });
    answer.open();
    const outcomes = [await sends[0], second];
    await server.peers[0]?.gone();
    await transport.close();
    return { outcomes, rest: server.peers[0]?.pending ?? "", gone: server.peers.length === 1 };
  }

  it("by its caller ends the session without a byte more, after the first's answer", async () => {
    expect(await givenUp((_transport, abort) => abort())).toEqual({
      outcomes: ["250 queued a", { code: "aborted", stage: "connect", verdict: "temporary" }],
      rest: "",
      gone: true,
    });
  });

  it("by its time limit too", async () => {
    expect(await givenUp(() => {}, { timeoutMs: 60 })).toEqual({
      outcomes: ["250 queued a", { code: "timeout", stage: "connect", verdict: "temporary" }],
      rest: "",
      gone: true,
    });
  });

  it("by giveUp too", async () => {
    expect(await givenUp((transport) => transport.giveUp())).toEqual({
      outcomes: ["250 queued a", { code: "aborted", stage: "connect", verdict: "temporary" }],
      rest: "",
      gone: true,
    });
  });

  it("by close too: QUIT would be taken for its content", async () => {
    expect(await givenUp((transport) => void transport.close())).toEqual({
      outcomes: ["250 queued a", { code: "closed", stage: "connect", verdict: "temporary" }],
      rest: "",
      gone: true,
    });
  });

  it("within its content leaves the first as it is", async () => {
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      peer.send("250 queued a", "250 ok", "250 ok", "354 go");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, one);
    const sends = await sendQueued(
      transport,
      [A, B],
      [{}, { beforeFinalDot: () => Promise.reject(new MedimailError("storage_failed", "full")) }],
    );
    expect(await Promise.all(sends)).toEqual(["250 queued a", { code: "storage_failed" }]);
    await server.peers[0]?.gone();
    expect(server.peers[0]?.pending).toBe(`${ENVELOPE_B}b\r\n`);
  });

  it("with its right (ECO.1.2.6) does not go on: what is opened for it anew is refused", async () => {
    const right = new AbortController();
    const written = gate();
    const answer = gate();
    await using server = await scriptedServer(async (peer) => {
      await toDot(peer);
      await peer.until("DATA\r\n");
      written.open();
      await answer.opened;
      peer.send("250 queued a", "250 ok", "250 ok", "354 go");
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port, {
      ...one,
      credentials: { ...credentials(), ended: right.signal },
    });
    const sends = await sendQueued(transport, [A, B]);
    await written.opened;
    right.abort(new MedimailError("login_required", "logged out"));
    answer.open();
    expect(await Promise.all(sends)).toEqual([
      "250 queued a",
      { code: "login_required", stage: "connect", verdict: "temporary" },
    ]);
    expect(server.peers[0]?.pending).toBe("");
  });
});

describe("a server that announces PIPELINING and fails at an envelope behind a dot", () => {
  it("is tried once only, by one session", async () => {
    const beside: string[] = [];
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      for (;;) {
        await peer.expect("MAIL");
        peer.send("250 ok", "250 ok", "354 go");
        await peer.until("DATA\r\n");
        await readContent(peer);
        for (let count = 0; count < 10; count++) await turn();
        beside.push(peer.pending);
        if (peer.pending !== "") return peer.drop();
        peer.send("250 queued");
      }
    });
    await using transport = plainTransportTo(server.port, { maxConnections: 2 });
    const sends = Array.from({ length: 12 }, () => outcome(transport.send(A)));
    const outcomes = await Promise.all(sends);
    expect(outcomes.filter((each) => each !== "250 queued")).toEqual([
      { code: "delivery_unknown", stage: "final-dot", verdict: "unknown" },
    ]);
    expect(beside.filter((each) => each !== "")).toHaveLength(1);
  });

  it("is not judged by a mail that was given up, nor left after it has worked", async () => {
    let controller = new AbortController();
    const followed: boolean[] = [];
    await using server = await scriptedServer(async (peer, index) => {
      await greet(peer);
      for (;;) {
        await peer.expect("MAIL");
        peer.send("250 ok", "250 ok", "354 go");
        await peer.until("DATA\r\n");
        const content = await readContent(peer);
        if (!content.startsWith("a")) {
          peer.send("250 queued");
          continue;
        }
        for (let count = 0; count < 10; count++) await turn();
        followed.push(peer.pending !== "");
        if (index === 0) controller.abort();
        if (index === 1 && followed.length === 3) return peer.drop();
        peer.send("250 queued a");
      }
    });
    await using transport = plainTransportTo(server.port, one);
    for (let round = 0; round < 4; round++) {
      const sends = await sendQueued(transport, [A, B], [{}, { signal: controller.signal }]);
      await Promise.all(sends);
      controller = new AbortController();
    }
    // Given up; worked; lost once it had worked; still done.
    expect(followed).toEqual([true, true, true, true]);
  });
});
