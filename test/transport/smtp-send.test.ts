import { describe, expect, it } from "vitest";
import { transportFailure } from "../../src/seams/index.js";
import { DotStuffing } from "../../src/transport/smtp/dot-stuffing.js";
import { scriptedServer } from "./scripted-server.js";
import { greet, greetTls, mail, plainTransportTo, readContent, takeMail, transportTo } from "./smtp-kit.js";

async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string; failure: ReturnType<typeof transportFailure>; message: string }> {
  const error = (await work.then(
    () => {
      throw new Error("it did not fail");
    },
    (reason: unknown) => reason,
  )) as { code: string; message: string };
  return { code: error.code, failure: transportFailure(error), message: error.message };
}

describe("an SMTP hand-over", () => {
  it("goes STARTTLS, EHLO again, MAIL, RCPT, DATA (ECO.1.0.1)", async () => {
    let content = "";
    await using server = await scriptedServer(async (peer) => {
      await greetTls(peer);
      content = await takeMail(peer);
    });
    await using transport = transportTo(server.port);
    const result = await transport.send(mail());
    expect(result).toEqual({
      recipients: [
        { address: "a@medecin.test.mssante.fr", accepted: true, reply: 250, status: "2.1.5", temporary: false },
      ],
      reply: 250,
      status: "2.0.0",
      answer: "250 2.0.0 queued",
    });
    expect(content).toBe("Subject: essai\r\n\r\nbonjour\r\n");
    expect(server.peers[0]?.lines).toEqual([
      "EHLO lps.test",
      "STARTTLS",
      "EHLO lps.test",
      "MAIL FROM:<labo@ch-test.mssante.fr> SIZE=27 BODY=8BITMIME",
      "RCPT TO:<a@medecin.test.mssante.fr>",
      "DATA",
    ]);
    expect(server.errors).toEqual([]);
  });

  it("sends the envelope and DATA in one write where PIPELINING is announced", async () => {
    let seen = "";
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.expect("MAIL");
      seen = peer.pending;
      peer.send("250 ok", "250 ok", "354 go");
      await readContent(peer);
      peer.send("250 done");
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    expect(seen).toBe("RCPT TO:<a@medecin.test.mssante.fr>\r\nDATA\r\n");
  });

  it("waits for each answer where PIPELINING is not announced", async () => {
    const pending: string[] = [];
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, ["SIZE"]);
      for (const command of ["MAIL", "RCPT", "DATA"]) {
        await peer.expect(command);
        pending.push(peer.pending);
        peer.send(command === "DATA" ? "354 go" : "250 ok");
      }
      await readContent(peer);
      peer.send("250 done");
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    expect(pending).toEqual(["", "", ""]);
  });

  it("asks DSN with ENVID, RET, NOTIFY and ORCPT in xtext only where it is announced (ECO.2.3.1)", async () => {
    const dsn = { envid: "a+b=c", ret: "HDRS" as const, notify: ["SUCCESS" as const, "FAILURE" as const] };
    const envelopes: string[][] = [];
    for (const capabilities of [["DSN"], []]) {
      await using server = await scriptedServer(async (peer) => {
        await greet(peer, capabilities);
        await takeMail(peer);
      });
      await using transport = plainTransportTo(server.port);
      await transport.send(mail(undefined, { dsn, to: ["o+x@medecin.test.mssante.fr"] }));
      envelopes.push(server.peers[0]?.lines.slice(1, 3) ?? []);
    }
    expect(envelopes).toEqual([
      [
        "MAIL FROM:<labo@ch-test.mssante.fr> RET=HDRS ENVID=a+2Bb+3Dc",
        "RCPT TO:<o+x@medecin.test.mssante.fr> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;o+2Bx@medecin.test.mssante.fr",
      ],
      ["MAIL FROM:<labo@ch-test.mssante.fr>", "RCPT TO:<o+x@medecin.test.mssante.fr>"],
    ]);
  });

  it("refuses a mail larger than the announced SIZE before sending anything (MSS/va1.13)", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, ["SIZE 10"]);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    const { code, failure } = await failureOf(transport.send(mail()));
    expect({ code, failure }).toMatchObject({
      code: "mail_too_large",
      failure: { stage: "mail", verdict: "permanent", systemic: false },
    });
    expect(transport.maxSize()).toBe(10);
    await transport.close();
    expect(server.peers[0]?.pending).not.toContain("MAIL");
  });

  it.each([
    ["an address with a line end", { to: ["a@b.fr>\r\nRSET"] }],
    ["a sender with a bracket", { from: "a>@b.fr" }],
    ["an address outside ASCII without SMTPUTF8", { to: ["é@b.fr"] }],
  ])("refuses %s", async (_what, more) => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    expect(await failureOf(transport.send(mail(undefined, more)))).toMatchObject({
      code: "invalid_argument",
      failure: { verdict: "permanent" },
    });
  });

  it("keeps what each recipient was answered when some are refused", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.expect("MAIL");
      peer.send("250 ok", "250 2.1.5 ok", "550 5.1.1 <b@x.fr> unknown", "452 4.2.2 full", "354 go");
      await readContent(peer);
      peer.send("250 done");
    });
    await using transport = plainTransportTo(server.port);
    const { recipients } = await transport.send(mail(undefined, { to: ["a@x.fr", "b@x.fr", "c@x.fr"] }));
    expect(recipients).toEqual([
      { address: "a@x.fr", accepted: true, reply: 250, status: "2.1.5", temporary: false },
      { address: "b@x.fr", accepted: false, reply: 550, status: "5.1.1", temporary: false },
      { address: "c@x.fr", accepted: false, reply: 452, status: "4.2.2", temporary: true },
    ]);
  });

  it("ends the content with a lone dot when DATA is taken although every recipient is refused (RFC 2920)", async () => {
    let content: string | undefined;
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.expect("MAIL");
      peer.send("250 ok", "550 5.1.1 no", "354 go");
      await peer.expect("RCPT");
      await peer.expect("DATA");
      content = await readContent(peer);
      peer.send("554 no valid recipients");
      await takeMail(peer);
    });
    await using transport = plainTransportTo(server.port);
    const refused = await transport.send(mail());
    expect(refused).toMatchObject({ reply: 550, recipients: [{ accepted: false }] });
    expect(content).toBe("");
    await transport.send(mail());
    expect(server.peers).toHaveLength(1);
    expect(server.errors).toEqual([]);
  });

  it("resets a transaction left open before the next mail", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.expect("MAIL");
      peer.send("250 ok", "550 5.1.1 no", "503 no recipients");
      await peer.expect("RCPT");
      await peer.expect("DATA");
      await peer.expect("RSET");
      peer.send("250 ok");
      await takeMail(peer);
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail());
    expect((await transport.send(mail())).reply).toBe(250);
    expect(server.errors).toEqual([]);
  });

  it("masks addresses and INS in the answer", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await peer.expect("MAIL");
      peer.send(
        "250 ok",
        "550 5.1.1 <185127512345678@patient.mssante.fr>: 185127512345678 unknown, see it@mx.test",
        "503 no",
      );
    });
    await using transport = plainTransportTo(server.port);
    const { answer } = await transport.send(mail(undefined, { to: ["185127512345678@patient.mssante.fr"] }));
    expect(answer).toBe("550 5.1.1 <…>: <…> unknown, see <…>");
  });

  it.each([
    ["451 4.3.0 busy", "smtp_temporary", "temporary", true],
    ["450 4.2.1 later", "smtp_temporary", "temporary", false],
    ["421 4.3.2 closing", "smtp_temporary", "temporary", true],
    ["503 5.5.1 out of order", "smtp_temporary", "temporary", true],
    ["550 5.7.1 refused", "smtp_permanent", "permanent", false],
    ["554 4.7.1 try later", "smtp_temporary", "temporary", false],
    ["554 5.3.0 system trouble", "smtp_temporary", "temporary", true],
    ["552 5.3.4 too big", "mail_too_large", "permanent", false],
    ["552 too big", "mail_too_large", "permanent", false],
    ["552 5.2.2 mailbox full", "smtp_permanent", "permanent", false],
    ["530 5.7.0 authenticate first", "auth_refused", "temporary", true],
  ])("takes a MAIL answered %s for %s", async (line, code, verdict, systemic) => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, []);
      await peer.expect("MAIL");
      peer.send(line);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    expect(await failureOf(transport.send(mail()))).toMatchObject({
      code,
      failure: { stage: "mail", verdict, systemic, reply: Number(line.slice(0, 3)) },
    });
  });

  it("takes a refusal of the final dot for what its code says", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await takeMail(peer, "554 5.6.0 content refused");
    });
    await using transport = plainTransportTo(server.port);
    expect(await failureOf(transport.send(mail()))).toMatchObject({
      code: "smtp_permanent",
      failure: { stage: "final-dot", verdict: "permanent", recipients: [{ accepted: true }] },
    });
  });

  it("doubles the dots that begin a line, wherever chunks are cut", () => {
    const content = "..a\r\n.b\r\n.\r\n.\r\nc.d\r\n.e";
    const expected = "...a\r\n..b\r\n..\r\n..\r\nc.d\r\n..e";
    for (let size = 1; size <= content.length; size++) {
      const chunks = content.match(new RegExp(`[^]{1,${size}}`, "g"))?.map((part) => Buffer.from(part)) ?? [];
      expect(Buffer.concat([...new DotStuffing().all(chunks)]).toString()).toBe(expected);
      expect(Buffer.concat(chunks).toString()).toBe(content);
    }
  });

  it("doubles them however many dots stand within lines before", () => {
    for (const dots of [0, 1, 23, 24, 25, 60]) {
      const within = "a.b\r\nc\r.\n.d\r\n".repeat(dots);
      const content = Buffer.from(`${within}.x\r\n${within}..y\r\n`);
      const expected = content.toString().replace(/(?<=^|\r\n)\./g, "..");
      for (const cut of [0, 1, 2, 3, within.length - 1, within.length, within.length + 1, content.length - 4]) {
        const pieces = cut < 0 ? [content] : [content.subarray(0, cut), content.subarray(cut)];
        expect(Buffer.concat([...new DotStuffing().all(pieces)]).toString()).toBe(expected);
      }
    }
  });

  it("gives back a content without a last line end with one", async () => {
    let content = "";
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      content = await takeMail(peer);
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail([Buffer.from("a\r\n.b"), Buffer.from("\r"), Buffer.from("\n.c")]));
    expect(content).toBe("a\r\n.b\r\n.c\r\n");
  });

  it("carries 3 MB whole to a server that reads slowly", async () => {
    const line = `${".".repeat(70)}\r\n`;
    const whole = line.repeat(42_000);
    let content = "";
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, ["PIPELINING"]);
      content = await takeMail(peer);
    });
    await using transport = plainTransportTo(server.port);
    await transport.send(mail([Buffer.from(whole)]));
    expect(content.length).toBe(whole.length);
    expect(content === whole).toBe(true);
  });
});
