import type { Check } from "./check.js";
import { both } from "./check.js";

const GRANTS = new Set(["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"]);

/** Pro Santé Connect, as its provider sees the software. */
export const psc: readonly Check[] = [
  {
    id: "psc-code-flow",
    rows: ["SC.PSC.01"],
    scope: "run",
    shows: both(
      "Connexion par Pro Santé Connect : code, openid, eidas1, PKCE",
      "Login by Pro Santé Connect: code, openid, eidas1, PKCE",
    ),
    look(run, tell) {
      for (const { surface, operation, parameters, status, connection, at } of run.http) {
        if (surface !== "psc") continue;
        const where = `${connection}, ${operation}`;
        if (operation === "authorize") {
          const wrong =
            parameters["response_type"] !== "code"
              ? "response_type=code"
              : !(parameters["scope"] ?? "").split(" ").includes("openid")
                ? "scope=openid"
                : parameters["acr_values"] !== "eidas1"
                  ? "acr_values=eidas1"
                  : ["state", "nonce"].find((name) => (parameters[name] ?? "") === "");
          if (wrong)
            tell.breach(
              both(`La demande de connexion ne comporte pas ${wrong}.`, `The login request has not ${wrong}.`),
              where,
              at,
            );
        }
        if (operation === "token") {
          const grant = parameters["grant_type"] ?? "";
          if (!GRANTS.has(grant))
            tell.breach(
              both(
                `Le jeton est demandé par « ${grant.slice(0, 60)} ».`,
                `The token is asked for by "${grant.slice(0, 60)}".`,
              ),
              where,
              at,
            );
          else if (status === 200 && grant !== "refresh_token") tell.ok(where, at);
        }
      }
    },
  },
  {
    id: "psc-client-proof",
    rows: ["psc-mtls"],
    scope: "run",
    shows: both(
      "Le logiciel s'authentifie auprès de Pro Santé Connect",
      "The software proves itself to Pro Santé Connect",
    ),
    look(run, tell) {
      for (const { surface, operation, clientAuth, connection, at } of run.http) {
        if (surface !== "psc" || operation !== "token" || clientAuth === undefined) continue;
        const where = `${connection}, token`;
        if (clientAuth === "none")
          tell.breach(
            both(
              "Le jeton est demandé sans secret ni certificat client.",
              "The token is asked for without secret or client certificate.",
            ),
            where,
            at,
          );
        else tell.ok(where, at);
      }
    },
  },
];
