import { expect, it } from "vitest";
import { parseConfig } from "../../src/config/index.js";
import { diagnoseOperator } from "../../src/wiring/index.js";
import { describeWithOperator, operatorConfig } from "../tools/operator.js";

describeWithOperator("doctor against Dovecot and Postfix", (settings) => {
  const signal = new AbortController().signal;

  const withCertificate = () => {
    const { clientCertificateMailbox, clientP12, clientP12Passphrase, imapCertificate } = settings();
    const base = operatorConfig(settings(), clientCertificateMailbox);
    return {
      ...base,
      mailbox: { address: clientCertificateMailbox, type: "APP" },
      operator: { ...(base["operator"] as object), imap: imapCertificate },
      auth: { method: "certificate", p12: clientP12, passphrase: clientP12Passphrase },
    };
  };

  it("finds every step well, with the certificate of an APP mailbox", async () => {
    const config = parseConfig(withCertificate());
    const { steps, ok } = await diagnoseOperator(config, { signal });
    expect(steps.filter(({ state }) => state === "failed" || state === "skipped")).toEqual([]);
    expect(ok).toBe(true);
    const seen = (service: string, step: string) =>
      steps.find((one) => one.service === service && one.step === step)?.seen;
    expect(seen("smtp", "authenticated")?.capabilities).toEqual(expect.arrayContaining(["PIPELINING", "DSN"]));
    expect(seen("imap", "authenticated")?.capabilities).toEqual(expect.arrayContaining(["IDLE", "UIDPLUS"]));
    expect(seen("imap", "folders")?.folders).toBeGreaterThan(0);
  });

  it("finds that the submission server wants a certificate, and the IMAP server another password", async () => {
    const base = operatorConfig(settings(), "claire.morel@medecin.mssante.fr");
    const config = parseConfig({ ...base, auth: { ...(base["auth"] as object), password: "not-this" } });
    const { steps } = await diagnoseOperator(config, { signal });
    expect(
      steps.flatMap(({ service, step, state, advice }) => (state === "failed" ? [`${service} ${step} ${advice}`] : [])),
    ).toEqual(["smtp authenticated own_certificate_refused", "imap authenticated credentials_refused"]);
  });
});
