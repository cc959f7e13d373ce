import type { ErrorCode, MedimailErrorDetails } from "../../errors.js";
import { MedimailError } from "../../errors.js";
import type { SmtpStage, TransportFailure } from "../../seams/mail-transport.js";
import { withTransportFailure } from "../../seams/mail-transport.js";
import type { SmtpReply } from "./reply.js";
import { enhancedStatus, maskAnswer } from "./reply.js";

/** An error with what delivery must know: what may be tried again follows from the verdict, not from the code. */
export function smtpFailure(
  code: ErrorCode,
  message: string,
  failure: TransportFailure,
  details: MedimailErrorDetails = {},
): MedimailError {
  return withTransportFailure(
    new MedimailError(code, message, { retryable: failure.verdict === "temporary", ...details }),
    failure,
  );
}

export interface Verdict {
  temporary: boolean;
  systemic: boolean;
  tooLarge: boolean;
  auth: boolean;
}

const AUTH_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/**
 * What a refusal means, by reply code first (RFC 5321 §4.2.1), then by enhanced code (RFC 3463):
 * - 4xx may be tried again; so may 503, which says that the dialogue got out of step, not that the mail is bad;
 * - another 5xx is final, except where its enhanced code says the contrary (class 4), or that the mail system itself is
 *   at fault (5.3.0, 5.3.2, 5.3.5), or that we are not authenticated (530, 534, 535, 538);
 * - too big (552, 5.3.4, 5.2.3) is final.
 */
export function classify(code: number, status: string | undefined): Verdict {
  const [kind, subject, detail] = (status ?? "").split(".");
  const auth = AUTH_REPLIES.has(code);
  const tooLarge =
    code >= 500 &&
    kind !== "4" &&
    (status === undefined ? code === 552 : (subject === "3" && detail === "4") || (subject === "2" && detail === "3"));
  const systemFault = subject === "3" && (detail === "0" || detail === "2" || detail === "5");
  const temporary = code < 500 || code === 503 || auth || kind === "4" || (systemFault && !tooLarge);
  const systemic =
    code === 421 ||
    code === 503 ||
    code === 454 ||
    auth ||
    systemFault ||
    (temporary && (subject === "3" || subject === "4"));
  return { temporary, systemic, tooLarge, auth };
}

/** The error for a reply that refuses what `stage` asked. */
export function refusal(
  reply: SmtpReply,
  stage: SmtpStage,
  what: string,
  extra: Partial<Pick<TransportFailure, "recipients" | "systemic">> = {},
): MedimailError {
  const status = enhancedStatus(reply);
  const verdict = classify(reply.code, status);
  const answer = maskAnswer(reply);
  const code: ErrorCode = verdict.tooLarge
    ? "mail_too_large"
    : verdict.auth
      ? "auth_refused"
      : verdict.temporary
        ? "smtp_temporary"
        : "smtp_permanent";
  return smtpFailure(code, `the server refused ${what}: ${answer}`, {
    stage,
    verdict: verdict.temporary ? "temporary" : "permanent",
    systemic: verdict.systemic,
    reply: reply.code,
    ...(status === undefined ? {} : { status }),
    answer,
    ...extra,
  });
}

/** What an error says besides its code and text, to say it again with a failure on it. */
export function detailsOf({ retryable, requirement, hint, path, cause }: MedimailError): MedimailErrorDetails {
  return {
    retryable,
    ...(requirement === undefined ? {} : { requirement }),
    ...(hint === undefined ? {} : { hint }),
    ...(path === undefined ? {} : { path }),
    ...(cause === undefined ? {} : { cause }),
  };
}
