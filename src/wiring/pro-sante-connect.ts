import { type ClientProof, createProSanteConnect, loadClientCertificate, type ProSanteConnect } from "../auth/index.js";
import type { Config } from "../config/index.js";
import { defined } from "../defined.js";
import { MedimailError } from "../errors.js";
import { resolveSecret } from "../settings/index.js";
import { keyMaterial } from "./client-certificate.js";
import { proxyOf } from "./connection.js";

/**
 * Pro Santé Connect as the configuration names it (`auth.method: "pro-sante-connect"`): with `clientSecret` the software proves itself by HTTP Basic,
 * with a certificate by mutual TLS.
 *
 * @throws MedimailError `config_invalid` for another method
 */
export function proSanteConnectOf(config: Config): ProSanteConnect {
  const { auth } = config;
  if (auth.method !== "pro-sante-connect")
    throw new MedimailError("config_invalid", "auth.method is not pro-sante-connect", { path: "auth.method" });
  return createProSanteConnect(
    defined({
      issuer: auth.issuer,
      clientId: auth.clientId,
      discovery: auth.discovery,
      proof: proofOf(auth),
      proxy: config.network.proxy === undefined ? undefined : proxyOf(config.network.proxy),
    }),
  );
}

function proofOf(auth: Extract<Config["auth"], { method: "pro-sante-connect" }>): ClientProof {
  const { clientSecret } = auth;
  if (clientSecret !== undefined)
    return {
      method: "client_secret_basic",
      secret: () => resolveSecret(clientSecret, { what: "auth.clientSecret" }),
    };
  return {
    method: "tls_client_auth",
    certificate: async () => {
      const { cert: chain = "", key: own = "" } = loadClientCertificate(await keyMaterial(auth));
      return { cert: chain, key: own };
    },
  };
}
