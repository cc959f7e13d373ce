import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import type { ContentStream } from "../../src/seams/index.js";
import { transportFailure } from "../../src/seams/index.js";
import { scriptedServer } from "./scripted-server.js";
import { greet, mail, plainTransportTo, takeMail } from "./smtp-kit.js";

const HEAD = Buffer.from("Subject: essai\r\n\r\n");

function stream(pieces: readonly string[], size = Buffer.byteLength(pieces.join(""))): ContentStream {
  return {
    size,
    async *pieces() {
      for (const piece of pieces) yield Buffer.from(piece);
    },
  };
}

function sending(tail: ContentStream) {
  const content = [HEAD, tail];
  return { ...mail(), content, size: HEAD.length + tail.size };
}

describe("a mail that is not in memory", () => {
  it("has the dots doubled that begin a line, wherever its pieces are cut", async () => {
    const text = "..a\r\n.b\r\n.\r\nc.d\r\n.e\r\n";
    for (const length of [1, 2, 3, 5, 100]) {
      let got = "";
      await using server = await scriptedServer(async (peer) => {
        await greet(peer);
        got = await takeMail(peer);
      });
      await using transport = plainTransportTo(server.port);
      await transport.send(sending(stream(text.match(new RegExp(`[^]{1,${length}}`, "g")) ?? [])));
      // As the server keeps it: doubled dots made one again.
      expect(got, `${length}`).toBe(`${HEAD}${text}`);
    }
  });

  it("is read again from its beginning on another session", async () => {
    const contents: string[] = [];
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      contents.push(await takeMail(peer));
    });
    const one = sending(stream(["bon", "jour\r\n"]));
    for (let turn = 0; turn < 2; turn += 1) {
      await using transport = plainTransportTo(server.port);
      await transport.send(one);
    }
    expect(contents).toEqual([`${HEAD}bonjour\r\n`, `${HEAD}bonjour\r\n`]);
  });

  it.each([
    ["storage_corrupt", "permanent"],
    ["storage_key_wrong", "temporary"],
    ["storage_failed", "temporary"],
  ] as const)("ends without its dot where it cannot be read (%s): %s", async (code, verdict) => {
    let dots = 0;
    await using server = await scriptedServer(async (peer) => {
      await greet(peer);
      await takeMail(peer).then(
        () => {
          dots += 1;
        },
        () => {},
      );
    });
    await using transport = plainTransportTo(server.port);
    const broken: ContentStream = {
      size: 1_000,
      async *pieces() {
        yield Buffer.from("bonjour\r\n");
        throw new MedimailError(code, "a piece is missing");
      },
    };
    const error: unknown = await transport.send(sending(broken)).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code });
    expect(transportFailure(error)).toMatchObject({ stage: "content", verdict, systemic: false });
    expect(dots).toBe(0);
  });

  it("is refused by its size before a piece of it is read", async () => {
    await using server = await scriptedServer(async (peer) => {
      await greet(peer, ["SIZE 100"]);
      await peer.gone();
    });
    await using transport = plainTransportTo(server.port);
    let asked = false;
    const long: ContentStream = {
      size: 101,
      async *pieces() {
        asked = true;
        yield Buffer.alloc(101);
      },
    };
    await expect(transport.send(sending(long))).rejects.toMatchObject({ code: "mail_too_large" });
    expect(asked).toBe(false);
  });
});
