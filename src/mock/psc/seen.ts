import type { Surface } from "../http/seen.js";

const OPERATIONS: readonly [pattern: RegExp, operation: string][] = [
  [/^\/auth$/, "authorize"],
  [/openid-configuration$/, "discovery"],
  [/\/certs$/, "jwks"],
  [/\/ciba\/auth$/, "ciba"],
  [/\/introspect$/, "introspect"],
  [/\/token$/, "token"],
  [/\/userinfo$/, "userinfo"],
  [/\/logout$/, "logout"],
];

/** How the software proved itself where it must (RFC 6749 §2.3, RFC 7523). */
async function clientAuthOf(request: Request): Promise<string> {
  if (/^Basic /i.test(request.headers.get("authorization") ?? "")) return "client_secret_basic";
  const form = new URLSearchParams(await request.text());
  if (form.has("client_assertion")) return "private_key_jwt";
  return form.has("client_secret") ? "client_secret_post" : "none";
}

async function errorOf(response: Response): Promise<string | undefined> {
  const location = response.headers.get("location");
  if (location !== null) return new URL(location).searchParams.get("error") ?? undefined;
  if (response.status < 400) return undefined;
  const body = (await response.json().catch(() => ({}))) as { error?: unknown };
  return typeof body.error === "string" ? body.error : String(response.status);
}

/** What the requests to Pro Santé Connect are observed as: its grants and proofs, never a token, a code or a secret. */
export function pscSurface(path: string): Surface {
  const operation = OPERATIONS.find(([pattern]) => pattern.test(path))?.[1] ?? "other";
  const proven = operation === "token" || operation === "ciba" || operation === "introspect";
  return {
    surface: "psc",
    operation,
    secrets: [
      "client_secret",
      "client_assertion",
      "code",
      "code_verifier",
      "refresh_token",
      "token",
      "id_token_hint",
      "subject_token",
      "login_hint",
      "auth_req_id",
      "state",
      "nonce",
    ],
    tell: async (request, response) => {
      const error = await errorOf(response);
      return {
        ...(proven ? { clientAuth: await clientAuthOf(request) } : {}),
        ...(error === undefined ? {} : { error }),
      };
    },
  };
}
