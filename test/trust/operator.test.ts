import { expect, it } from "vitest";
import { createConnector, isMedimailError } from "../../src/index.js";
import { cdaOf } from "../tools/documents.js";
import { describeWithOperator, operatorConfig } from "../tools/operator.js";

const DOCTOR = "dr.essai@medecin.mssante.fr";

/** Dovecot and Postfix, whose certificate names neither a list nor a responder. */
describeWithOperator("the checks of trust against Dovecot and Postfix", (settings) => {
  const codeOf = async (tls: object): Promise<string> => {
    const base = operatorConfig(settings(), DOCTOR);
    await using connector = createConnector(
      { ...base, tls: { ...(base["tls"] as object), ...tls } },
      { delivery: "manual" },
    );
    return await connector.mailbox.folders().then(
      () => "ok",
      (error: unknown) => (isMedimailError(error) ? error.code : String(error)),
    );
  };

  it("strict refuses what cannot be known of a revocation, soft and off go on (ECO.1.1.6)", async () => {
    expect(await codeOf({ revocation: "strict" })).toBe("revocation_unknown");
    expect(await codeOf({ revocation: "soft" })).toBe("ok");
    expect(await codeOf({ revocation: "off" })).toBe("ok");
  });

  it("keeps mails queued where the server is not to be trusted, and says why", async () => {
    const base = operatorConfig(settings(), DOCTOR);
    await using connector = createConnector(
      { ...base, tls: { ...(base["tls"] as object), revocation: "strict" } },
      { allowTestIdentities: true, settings: { pollMs: 50 } },
    );
    const submission = await connector.documents.submit({ documents: [{ cda: cdaOf() }], to: [DOCTOR] });
    for await (const event of submission.events({ signal: AbortSignal.timeout(20_000) }))
      if (event.event === "deferred") break;
    const [recipient] = (await submission.status()).recipients;
    expect([recipient?.state, recipient?.error?.code]).toEqual(["queued", "revocation_unknown"]);
  });
});
