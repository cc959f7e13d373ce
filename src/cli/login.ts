import { randomInt } from "node:crypto";
import type { ProSanteConnectSession } from "../auth/index.js";
import type { Config } from "../config/index.js";
import { MedimailError } from "../errors.js";
import type { CredentialSource } from "../seams/index.js";
import type { Context } from "./context.js";

/**
 * The professional of the configuration, asked by his e-CPS (CIBA) when a mail session first needs him, once a command. His tokens die
 * with the command (ECO.1.2.5).
 */
export function sessionByCard(
  context: Context,
  config: Config,
): Pick<ProSanteConnectSession, "credentials"> & AsyncDisposable {
  let asked: Promise<ProSanteConnectSession> | undefined;
  let close: () => Promise<void> = async () => {};
  const session = (): Promise<ProSanteConnectSession> => {
    asked ??= login(context, config, (closing) => {
      close = closing;
    });
    return asked;
  };
  return {
    credentials(mailbox, options): CredentialSource {
      let inner: CredentialSource | undefined;
      return {
        certificate: async () => undefined,
        async sasl(protocol, waiting) {
          inner ??= (await session()).credentials(mailbox, options);
          return await inner.sasl(protocol, waiting);
        },
        refused: async (protocol, step) => (await inner?.refused(protocol, step)) ?? false,
        close: async () => await inner?.close(),
      };
    },
    [Symbol.asyncDispose]: () => close(),
  };
}

async function login(
  context: Context,
  config: Config,
  closeWith: (close: () => Promise<void>) => void,
): Promise<ProSanteConnectSession> {
  const { auth } = config;
  if (auth.method !== "pro-sante-connect" || auth.loginHint === undefined)
    throw new MedimailError("login_required", "no professional is logged in with Pro Santé Connect", {
      path: "auth.loginHint",
      hint: "Set auth.loginHint to the professional's national identifier: his e-CPS is then asked.",
    });
  const { proSanteConnectOf } = await import("../wiring/index.js");
  const psc = proSanteConnectOf(config);
  closeWith(() => psc.close());
  const code = String(randomInt(10, 100));
  const session = await psc.ciba({
    loginHint: auth.loginHint,
    bindingMessage: code,
    onAsked: () => void context.note(context.text.confirmOnCard(code)),
  });
  closeWith(async () => {
    await session.close();
    await psc.close();
  });
  return session;
}
