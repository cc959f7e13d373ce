import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { MedimailError } from "../../src/errors.js";
import { scriptedServer } from "./scripted-server.js";
import { credentials, mail, serverCertificate, transportTo } from "./smtp-kit.js";

const ending = () => {
  const right = new AbortController();
  return { right, credentials: { ...credentials({ mechanism: "external" }), ended: right.signal } };
};

describe("a right that ends (ECO.1.2.6)", () => {
  it("ends the SMTP session too that was just being opened, by QUIT and without a mail", async () => {
    const { right, credentials } = ending();
    await using server = await scriptedServer(async (peer) => {
      peer.send("220 smtp.test");
      await peer.expect("EHLO");
      peer.send("250-smtp.test", "250 STARTTLS");
      await peer.expect("STARTTLS");
      peer.send("220 go");
      await peer.startTls(serverCertificate);
      await peer.expect("EHLO");
      peer.send("250-smtp.test", "250 AUTH EXTERNAL");
      await peer.expect("AUTH");
      right.abort(new MedimailError("login_required", "logged out"));
      peer.send("235 ok");
      await peer.expect("QUIT");
      peer.end();
    });
    await using transport = transportTo(server.port, { credentials });
    await expect(transport.send(mail())).rejects.toMatchObject({ code: "login_required" });
    await expect.poll(() => server.peers[0]?.lines.at(-1)).toBe("QUIT");
    expect(server.errors).toEqual([]);
  });

  it("is listened to no longer by a transport that is closed", async () => {
    const { right, credentials } = ending();
    const transport = transportTo(1, { credentials });
    expect(getEventListeners(right.signal, "abort")).toHaveLength(1);
    await transport.close();
    expect(getEventListeners(right.signal, "abort")).toHaveLength(0);
  });
});
