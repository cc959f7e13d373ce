import { execFile } from "node:child_process";
import { connect as dial } from "node:net";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startMockMedimail } from "../../src/mock/index.js";
import { parseClientHello } from "../../src/mock/wire/client-hello.js";
import type { Observation } from "../../src/seams/observations.js";
import { describeWithProgram } from "../tools/programs.js";

const run = promisify(execFile);
type Tls = Extract<Observation, { kind: "tls" }>;
const isTls = (observation: Observation): observation is Tls => observation.kind === "tls";
const SUITES = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256";

describe("the ClientHello that the mock tells", () => {
  it("of Node: versions, suites as hex, the name, and the session goes on", async () => {
    await using mock = await startMockMedimail();
    const { port } = mock.smtp;
    const socket = dial(port, "127.0.0.1");
    const line = () => new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(String(chunk))));
    await line();
    socket.write("EHLO x\r\n");
    await line();
    socket.write("STARTTLS\r\n");
    await line();
    const tls = connect({
      socket,
      ca: mock.ca,
      servername: "localhost",
      ciphers: SUITES,
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.2",
    });
    await new Promise((resolve, reject) => tls.once("secureConnect", resolve).once("error", reject));
    const answer = new Promise<string>((resolve) => tls.once("data", (chunk) => resolve(String(chunk))));
    tls.write("EHLO x\r\n");
    expect(await answer).toContain("250");
    tls.destroy();
    const seen = (await mock.waitFor(isTls)) as Tls;
    expect([seen.what, seen.profile, seen.clientHello?.serverName]).toEqual(["established", "good", "localhost"]);
    expect(seen.clientHello?.suites.filter((suite) => suite !== "0x00FF")).toEqual(["0xC030", "0xC02F"]);
    expect(seen.clientHello?.versions).toContain("TLSv1.2");
  });

  it("of a handshake that fails, with the profile that was shown", async () => {
    await using mock = await startMockMedimail();
    mock.faults.add({ name: "tls-1.1" });
    const socket = dial(mock.smtp.port, "127.0.0.1");
    const line = () => new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(String(chunk))));
    await line();
    socket.write("EHLO x\r\n");
    await line();
    socket.write("STARTTLS\r\n");
    await line();
    const tls = connect({ socket, ca: mock.ca, servername: "localhost" });
    await new Promise((resolve) => tls.once("error", resolve));
    const seen = (await mock.waitFor(isTls)) as Tls;
    expect([seen.what, seen.profile]).toEqual(["failed", "tls-1.1"]);
    expect(seen.clientHello?.suites.length).toBeGreaterThan(1);
  });
});

describeWithProgram("python3", "python3", "the ClientHello of Python's ssl", () => {
  it("has the suites that were set, and those of TLS 1.3", async () => {
    await using mock = await startMockMedimail();
    const script = `import smtplib, ssl
c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
c.set_ciphers("${SUITES}")
s = smtplib.SMTP("localhost", ${mock.smtp.port}); s.ehlo(); s.starttls(context=c); print(s.ehlo()[0]); s.quit()`;
    const { stdout } = await run("python3", ["-c", script]);
    expect(stdout.trim()).toBe("250");
    const { clientHello } = (await mock.waitFor(isTls)) as Tls;
    expect(clientHello?.versions).toEqual(["TLSv1.3", "TLSv1.2"]);
    expect(clientHello?.suites).toEqual(expect.arrayContaining(["0x1301", "0xC030", "0xC02F"]));
    expect(clientHello?.suites).not.toContain("0xC013");
  });
});

describeWithProgram("openssl", "openssl", "the ClientHello of OpenSSL", () => {
  it("is of the version that was asked", async () => {
    await using mock = await startMockMedimail();
    const at = `localhost:${mock.smtp.port}`;
    const child = run("openssl", ["s_client", "-starttls", "smtp", "-tls1_2", "-connect", at]);
    child.child.stdin?.end("QUIT\r\n");
    await child;
    const { clientHello } = (await mock.waitFor(isTls)) as Tls;
    expect(clientHello?.versions).toEqual(["TLSv1.2"]);
    expect(clientHello?.suites.length).toBeGreaterThan(5);
  });
});

describe("the reading of a ClientHello", () => {
  const hello = (extensions: number[], suites = [0xc0, 0x30, 0x0a, 0x0a]): Buffer => {
    const body = Buffer.from([
      3,
      3,
      ...Array(32).fill(7),
      0,
      0,
      suites.length,
      ...suites,
      1,
      0,
      extensions.length >> 8,
      extensions.length & 255,
      ...extensions,
    ]);
    const message = Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 255]), body]);
    return Buffer.concat([Buffer.from([22, 3, 1, message.length >> 8, message.length & 255]), message]);
  };

  it("leaves GREASE out, and knows the versions of an old client", () => {
    expect(parseClientHello(hello([]))).toEqual({ versions: ["TLSv1.2"], suites: ["0xC030"] });
    expect(parseClientHello(hello([0, 43, 0, 7, 6, 0x1a, 0x1a, 3, 4, 3, 2]))).toEqual({
      versions: ["TLSv1.3", "TLSv1.1"],
      suites: ["0xC030"],
    });
  });

  it("waits for what is missing, byte by byte, and takes several records", () => {
    const whole = hello([]);
    for (let length = 1; length < whole.length; length += 1)
      expect(parseClientHello(whole.subarray(0, length))).toBe("more");
    const [first, second] = [whole.subarray(5, 20), whole.subarray(20)];
    const split = Buffer.concat([
      Buffer.from([22, 3, 1, 0, first.length]),
      first,
      Buffer.from([22, 3, 1, 0, second.length]),
      second,
    ]);
    expect(parseClientHello(split)).toEqual({ versions: ["TLSv1.2"], suites: ["0xC030"] });
  });

  it("takes nothing else, and nothing that leads outside", () => {
    expect(parseClientHello(Buffer.from("EHLO x\r\n"))).toBeUndefined();
    const wrong = hello([]);
    wrong[5 + 4 + 2 + 32] = 255;
    expect(parseClientHello(wrong)).toBeUndefined();
  });
});
