import { createHttp } from "../../http.js";
import { createDialer, type ProxyOptions } from "../../net/index.js";
import { relyingParty } from "./login.js";
import type { ProSanteConnect, ProSanteConnectOptions } from "./types.js";

export interface ProSanteConnectSettings extends Omit<ProSanteConnectOptions, "http"> {
  /** Authorities that may vouch for Pro Santé Connect, PEM, in place of those of the system. */
  ca?: readonly string[];
  proxy?: string | ProxyOptions;
  /** Limit of one request, in ms. Default 30 000. */
  timeoutMs?: number;
}

/**
 * The software as a relying party of Pro Santé Connect: what logs professionals in, whose PER and ORG mailboxes authenticate with their
 * token (ECO.1.2.1, SC.PSC.01). One for the program; one session for each professional. Nothing is asked of the network before the first login.
 *
 * @throws MedimailError `config_invalid` where the issuer or the proxy is not a URL
 * @example
 * const psc = createProSanteConnect({ issuer, clientId, proof: { method: "client_secret_basic", secret }, redirectUri });
 * const { url, pending } = await psc.authorize();
 * const session = await psc.complete(new URL(request.url, redirectUri), pending);
 * const connector = createConnector(config, { session });
 */
export function createProSanteConnect(settings: ProSanteConnectSettings): ProSanteConnect {
  const { ca, proxy, timeoutMs, ...options } = settings;
  const { proof } = options;
  const http = createHttp({
    dialer: createDialer(proxy === undefined ? {} : { proxy }),
    ...(ca === undefined ? {} : { ca }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(proof.method === "tls_client_auth" ? { certificate: proof.certificate } : {}),
  });
  return relyingParty({ ...options, http });
}
