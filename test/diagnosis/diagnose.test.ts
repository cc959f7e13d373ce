import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { certificateCredentials, tokenCredentials } from "../../src/auth/index.js";
import { type DiagnosisParts, diagnose } from "../../src/diagnosis/index.js";
import { type ErrorCode, MedimailError } from "../../src/errors.js";
import { type MockMedimail, startMockMedimail } from "../../src/mock/index.js";
import { createDialer } from "../../src/net/index.js";
import type { CredentialSource } from "../../src/seams/index.js";
import { createTlsVerifier } from "../../src/trust/index.js";

const LABO = "labo@ch-exemple.mssante.fr";
const DAY_MS = 86_400_000;

let mock: MockMedimail;
let credentials: CredentialSource;
beforeAll(async () => {
  mock = await startMockMedimail({ mailboxes: [{ address: LABO, type: "APP", quota: 4_000 }] });
  const { p12, passphrase } = await mock.certificate(LABO);
  credentials = certificateCredentials({
    sasl: { smtp: "none", imap: "external" },
    p12: async () => p12,
    passphrase: async () => passphrase,
  });
});
afterAll(() => mock.close());

const parts = (change: Partial<DiagnosisParts> = {}): DiagnosisParts => ({
  dialer: createDialer(),
  tls: createTlsVerifier({ ca: [mock.ca], revocation: "off" }),
  credentials,
  revocation: "strict",
  viaProxy: false,
  now: () => Date.now(),
  mailbox: LABO,
  clientName: "localhost",
  lookUp: async (service) => ({
    endpoints: [mock[service]],
    seen: { hosts: [`${mock[service].host}:${mock[service].port}`] },
  }),
  signal: new AbortController().signal,
  ...change,
});

async function stepsOf(change: Partial<DiagnosisParts> = {}): Promise<Record<string, string>> {
  const { steps } = await diagnose(parts(change));
  return Object.fromEntries(
    steps.map(({ service, step, state, advice }) => [`${service} ${step}`, advice ? `${state} ${advice}` : state]),
  );
}

/** A verifier that refuses, with the error of a check, what the real one accepted. */
const refusing = (code: "certificate_invalid" | "tls_failed", requirement: string): Partial<DiagnosisParts> => ({
  tls: {
    upgrade: async (socket, options) => {
      const secured = await parts().tls.upgrade(socket, options);
      secured.destroy();
      throw new MedimailError(code, "refused", { requirement });
    },
  },
});

describe("diagnose", () => {
  it("says what the verifier answered about revocation: where it is checked, checked", async () => {
    expect(await stepsOf()).toMatchObject({ "smtp revocation": "ok", "imap revocation": "ok" });
    expect(await stepsOf({ revocation: "off" })).toMatchObject({ "smtp revocation": "warning revocation_off" });
  });

  it.each(["ECO.1.1.6", "ECO.1.1.7"])(
    "puts a refusal for %s in the step of revocation: the chain was good",
    async (rule) => {
      expect(await stepsOf(refusing("certificate_invalid", rule))).toMatchObject({
        "smtp tls": "ok",
        "smtp chain": "ok",
        "smtp revocation": "failed certificate_revoked",
        "smtp authenticated": "skipped",
      });
    },
  );

  it("tells a certificate that no authority makes good from one whose authority is missing, and a silent list from a revoked one", async () => {
    const refused = (code: ErrorCode, message: string, requirement: string) => ({
      tls: { upgrade: () => Promise.reject(new MedimailError(code, message, { requirement })) },
    });
    const weak = "the certificate of a has a signature or a key that is too weak";
    expect(await stepsOf(refused("certificate_invalid", weak, "ECO.1.1.10"))).toMatchObject({
      "smtp chain": "failed server_certificate",
    });
    const unknown = "the certificate of a comes from an unknown authority";
    expect(await stepsOf(refused("certificate_invalid", unknown, "ECO.1.1.10"))).toMatchObject({
      "smtp chain": "failed add_authority",
    });
    expect(await stepsOf(refused("revocation_unknown", "cannot be known", "ECO.1.1.6"))).toMatchObject({
      "smtp revocation": "failed revocation_sources",
    });
  });

  it("warns of certificates that expire within thirty days, of the server and of ours", async () => {
    const steps = await stepsOf({ now: () => Date.now() + 340 * DAY_MS });
    expect(steps).toMatchObject({
      "smtp chain": "warning server_certificate_expiry",
      "imap authenticated": "warning own_certificate_expiry",
    });
  });

  it("tells Node's permission model from a network that fails: the name, the connection", async () => {
    const denied = Object.assign(new Error("restricted"), { code: "ERR_ACCESS_DENIED" });
    const dialer = createDialer({ lookup: (_host, _options, callback) => callback(denied, "", 0) });
    expect(await stepsOf({ dialer })).toMatchObject({ "smtp connected": "failed allow_network" });
    const lookUp = async () => {
      throw new MedimailError("dns_failed", "the name a.test could not be resolved (ERR_ACCESS_DENIED)");
    };
    expect(await stepsOf({ lookUp })).toMatchObject({ "imap resolved": "failed allow_network" });
  });

  it("tells what answers another protocol, or not a word, from a port that is closed: host and port are to be looked at", async () => {
    const other = { smtp: "imap", imap: "smtp" } as const;
    const swapped = { lookUp: async (service: "smtp" | "imap") => ({ endpoints: [mock[other[service]]], seen: {} }) };
    expect(await stepsOf(swapped)).toMatchObject({
      "smtp connected": "failed check_service",
      "imap connected": "failed check_service",
    });
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const endpoints = [{ host: "127.0.0.1", port: (silent.address() as AddressInfo).port }];
    const giveUp = new AbortController();
    setTimeout(() => giveUp.abort(new MedimailError("timeout", "not done within 1 s")), 100);
    const found = await stepsOf({ signal: giveUp.signal, lookUp: async () => ({ endpoints, seen: {} }) });
    silent.close();
    expect(found["smtp connected"]).toBe("failed check_service");
  });

  it("looks at the proxy, where there is one, for a connection that does not come about in time", async () => {
    const dialer = { connect: () => Promise.reject(new MedimailError("timeout", "connecting took longer than 1 ms")) };
    expect(await stepsOf({ dialer })).toMatchObject({ "smtp connected": "failed open_port" });
    expect(await stepsOf({ dialer, viaProxy: true })).toMatchObject({ "smtp connected": "failed check_proxy" });
  });

  it("warns of a mailbox that is nearly full", async () => {
    expect(await stepsOf()).toMatchObject({ "imap limits": "ok" });
    mock.mailbox(LABO).deliver(Buffer.from(`Subject: x\r\n\r\n${"a".repeat(3_700)}\r\n`));
    expect(await stepsOf()).toMatchObject({ "imap limits": "warning quota_nearly_full" });
  });

  it("takes the session that was renewed for the result: a token refused once is fetched anew, as the connector does", async () => {
    const doctor = "martin.dupont@medecin.mssante.fr";
    await using other = await startMockMedimail({ mailboxes: [{ address: doctor, type: "PER" }] });
    other.faults.add({ name: "token-refused", at: "auth" });
    const found = await diagnose(
      parts({
        mailbox: doctor,
        tls: createTlsVerifier({ ca: [other.ca], revocation: "off" }),
        credentials: tokenCredentials({ username: doctor, token: async () => other.token(doctor) }),
        lookUp: async (service) => ({ endpoints: [other[service]], seen: {} }),
      }),
    );
    expect([found.ok, found.firstFailure]).toEqual([true, undefined]);
  });

  it("tries the hosts in their order, and says at which it ended", async () => {
    const { steps, ok } = await diagnose(
      parts({ lookUp: async (service) => ({ endpoints: [{ host: "127.0.0.1", port: 1 }, mock[service]], seen: {} }) }),
    );
    expect([ok, steps.find(({ step }) => step === "connected")?.seen.hosts]).toEqual([
      true,
      [`localhost:${mock.smtp.port}`],
    ]);
  });

  it("goes on with the other service where one has no host", async () => {
    const { steps, firstFailure } = await diagnose(
      parts({
        lookUp: async (service) => {
          if (service === "smtp") throw new MedimailError("operator_not_found", "none");
          return { endpoints: [mock.imap], seen: {} };
        },
      }),
    );
    expect([
      firstFailure?.service,
      steps.filter(({ service }) => service === "imap").map(({ state }) => state),
    ]).toEqual(["smtp", Array(8).fill(expect.stringMatching(/ok|warning/))]);
  });

  it.each([
    ["greeting", "smtp connected aborted"],
    ["imap-greeting", "imap connected aborted"],
    ["imap-list", "imap folders aborted"],
  ] as const)("ends where the caller gives up, at %s, and says how far it came", async (at, expected) => {
    mock.faults.add({ name: "silence", at });
    const gone = new AbortController();
    const given = diagnose(parts({ signal: gone.signal }));
    await mock.waitFor((seen) => seen.kind === "fault" && mock.faults.pending().length === 0);
    gone.abort();
    const { ok, interrupted, firstFailure, steps } = await given;
    expect([ok, interrupted, steps.length]).toEqual([false, true, 15]);
    expect(`${firstFailure?.service} ${firstFailure?.step} ${firstFailure?.error?.code}`).toBe(expected);
    expect(firstFailure?.advice).toBeUndefined();
    mock.faults.clear();
  });

  it("tries nothing for a caller who has given up already", async () => {
    const { steps } = await diagnose(parts({ signal: AbortSignal.abort() }));
    expect(new Set(steps.map(({ state }) => state))).toEqual(new Set(["skipped"]));
  });

  it("leaves no session behind", async () => {
    const before = mock.observations.length;
    await diagnose(parts());
    const tcp = (what: string) =>
      mock.observations
        .slice(before)
        .flatMap((one) => (one.kind === "tcp" && one.what === what ? [one.connection] : []));
    expect(tcp("open")).toHaveLength(2);
    await expect.poll(() => tcp("close")).toEqual(expect.arrayContaining(tcp("open")));
  });
});
