import type { Authorities } from "./authorities.js";
import { type Certificate, EXT_KEY_USAGE } from "./certificates/certificate.js";
import { type CertificateCheckId, checkCertificate } from "./certificates/chain.js";
import type { RevocationChecker } from "./revocation/checker.js";

/** One check of a certificate; `ok` null: it could not be made. */
export interface ExaminedCheck {
  id: CertificateCheckId | "revocation";
  ok: boolean | null;
  /** What was seen: names, dates, usages. */
  seen: string;
}

/** A certificate and all that was checked of it. */
export interface ExaminedCertificate {
  subject: string;
  issuer: string;
  serial: string;
  sha256: string;
  notBefore: string;
  notAfter: string;
  /** Whole days left; negative once it has expired. */
  daysLeft: number;
  use: "server" | "client";
  ok: boolean;
  checks: ExaminedCheck[];
}

export interface ExamineOptions {
  authorities: Authorities;
  /** Default: what the certificate says it is for, a server's where it is for both. */
  use?: "server" | "client";
  host?: string;
  /** Without it revocation is not looked at. */
  revocation?: RevocationChecker;
  now?: number;
  signal?: AbortSignal;
}

const DAY_MS = 86_400_000;

/** The certificate that a file is about: the first that is no authority, else the first. */
export function subjectOf(certificates: readonly Certificate[]): Certificate | undefined {
  return certificates.find(({ isAuthority }) => !isAuthority) ?? certificates[0];
}

/** Every check of a certificate, one by one, for a person: the same as those of a connection. */
export async function examineCertificate(
  certificates: readonly Certificate[],
  options: ExamineOptions,
): Promise<ExaminedCertificate | undefined> {
  const leaf = subjectOf(certificates);
  if (!leaf) return undefined;
  const now = options.now ?? Date.now();
  const use = options.use ?? useOf(leaf);
  const { checks, chain } = checkCertificate(leaf, {
    anchors: options.authorities.anchors,
    pool: [...certificates, ...options.authorities.pool],
    at: new Date(now),
    purpose: use,
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  const all: ExaminedCheck[] = [...checks];
  if (options.revocation) all.push(await revocationOf(chain, options.revocation, options.signal));
  return {
    subject: flat(leaf.x509.subject),
    issuer: flat(leaf.x509.issuer),
    serial: leaf.serial,
    sha256: leaf.fingerprint,
    notBefore: leaf.notBefore.toISOString(),
    notAfter: leaf.notAfter.toISOString(),
    daysLeft: Math.floor((leaf.notAfter.getTime() - now) / DAY_MS),
    use,
    ok: all.every(({ ok }) => ok === true),
    checks: all,
  };
}

async function revocationOf(
  chain: readonly Certificate[] | undefined,
  checker: RevocationChecker,
  signal: AbortSignal | undefined,
): Promise<ExaminedCheck> {
  // Who says what is revoked is the authority: without a chain there is none to ask.
  if (!chain) return { id: "revocation", ok: null, seen: "-" };
  const seen: string[] = [];
  let ok: boolean | null = true;
  for (const [index, certificate] of chain.slice(0, -1).entries()) {
    const issuer = chain[index + 1] as Certificate;
    const { status, by, problems } = await checker.status(certificate, issuer, signal ? { signal } : {});
    seen.push(`${certificate.name}: ${status} (${by ?? problems.join("; ")})`);
    if (status === "revoked") ok = false;
    else if (status === "unknown" && ok) ok = null;
  }
  return { id: "revocation", ok, seen: seen.join(", ") };
}

function useOf({ extKeyUsage }: Certificate): "server" | "client" {
  return extKeyUsage?.includes(EXT_KEY_USAGE.client) && !extKeyUsage.includes(EXT_KEY_USAGE.server)
    ? "client"
    : "server";
}

function flat(name: string): string {
  return name.split("\n").reverse().join(", ");
}
