import {
  type Connector,
  createConnector,
  type DocumentSubmission,
  isMedimailError,
  type SubmissionEvent,
} from "medimail-connector";
import * as compliance from "medimail-connector/compliance";
import { startMockMedimail } from "medimail-connector/mock";

export async function use(config: unknown, submission: DocumentSubmission): Promise<string> {
  const connector: Connector = createConnector(config);
  try {
    const sent = await connector.documents.submit(submission, { signal: AbortSignal.timeout(1000) });
    for await (const event of sent.events()) {
      const seen: SubmissionEvent = event;
      if (seen.event === "accepted") break;
    }
    const { ok } = await sent.settled({ until: "delivered" });
    return ok ? sent.id : "";
  } catch (error) {
    // The code is a union: a misspelt one does not compile.
    if (isMedimailError(error) && error.code === "pdf_missing") return error.requirement ?? "";
    throw error;
  } finally {
    await connector.close();
  }
}
export const doors = [startMockMedimail, compliance];
