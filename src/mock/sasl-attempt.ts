import { type MockContext, strike } from "./context.js";
import type { FaultPoint } from "./faults.js";
import { authenticate, fingerprintOf, type Mechanism, type SaslOutcome } from "./sasl.js";
import type { LineConnection } from "./wire/connection.js";

/** What came of a client's SASL response. */
export interface Attempt<F> {
  outcome: SaslOutcome;
  /** The fault that answers in place of the outcome. */
  fault: F | undefined;
  /** The token is refused with the error as a challenge: its answer is waited for, or the line is dropped then. */
  shape: "challenge" | "dropped" | undefined;
}

const SHAPES = ["token-refused-challenge", "token-refused-drop"] as const;

/** Judges a response by the credentials and by the faults that are set, and tells it in the observations. */
export async function attempt<F>(
  { connection, context }: { connection: LineConnection; context: MockContext },
  {
    at,
    mechanism,
    response,
    initialResponse,
    fault: faultOf,
  }: {
    at: FaultPoint;
    mechanism: Mechanism;
    response: string;
    initialResponse: boolean;
    fault: (user: string) => Promise<F | undefined>;
  },
): Promise<Attempt<F>> {
  const { protocol, peer, tls } = connection;
  const outcome = authenticate(mechanism, response, { store: context.store, protocol, peer });
  const { user } = outcome;
  const fault = await faultOf(user);
  const shown = fault === undefined ? strike(context, connection, at, [user], SHAPES) : undefined;
  const shape = shown && (shown.name === "token-refused-drop" ? "dropped" : "challenge");
  connection.observe({
    connection: connection.id,
    kind: "auth",
    protocol,
    mechanism,
    user,
    ok: outcome.ok && fault === undefined && !shape,
    tls,
    initialResponse,
    fingerprint: fingerprintOf(response),
  });
  return { outcome, fault, shape };
}
