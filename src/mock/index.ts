export { type SampleOptions, sampleExtraction, sampleRows } from "../sample/index.js";
export type { MockClock } from "./clock.js";
export type { ScenarioDesk, ScenarioView, VerdictView } from "./control/scenarios.js";
export type { ControlFile, MockControlOptions } from "./control/server.js";
export type { DsnAction } from "./delivery.js";
export type { PublishedMailbox } from "./directory/published.js";
export { MockDirectory, type MockDirectoryOptions } from "./directory/server.js";
export type { MockDns, MockDnsFailure, MockDnsQuery, MockSrv } from "./dns/server.js";
export { DISCOVERED_HOST } from "./dns/zone.js";
export type { FaultSentence, FaultTuning } from "./fault-sentence.js";
export type {
  Fault,
  FaultName,
  FaultPoint,
  FaultScript,
  Faults,
  ImapFaultPoint,
  SmtpFaultPoint,
} from "./faults.js";
export { describeFault, FAULT_NAMES, SMTP_FAULT_POINTS } from "./faults.js";
export { MockHttp, type MockHttpOptions, mockHttp, mswHandlers } from "./http/alone.js";
export type { UnhandledRequest } from "./http/unhandled.js";
export type { ImapExtension } from "./imap/capabilities.js";
export { IMAP_EXTENSIONS } from "./imap/capabilities.js";
export { MockMedimail, startMockMedimail } from "./mock.js";
export type { ObservationBody, WaitOptions } from "./observer.js";
export type {
  AutoReceipts,
  MailboxType,
  MockFolderOptions,
  MockImapOptions,
  MockLimits,
  MockMailboxAuth,
  MockMailboxOptions,
  MockMedimailOptions,
  MockSasl,
  MockSettings,
} from "./options.js";
export { DEFAULT_SIZE_LIMIT, defaultLimits, defaultMailboxes } from "./options.js";
export type { ClientCredentials } from "./pki/pki.js";
export { MOCK_PROFESSIONAL } from "./psc/professional.js";
export { MockPsc, type MockPscOptions } from "./psc/provider.js";
export type { MockReady, MockReadyMailbox } from "./ready.js";
export type { AnswerOptions, RefusalForm, RefuseOptions } from "./recipients.js";
export { demoHeader, demoLaboratoryReport, demoReport } from "./samples/documents.js";
export type { MockSnapshot } from "./snapshot.js";
export type { MockFolder } from "./store/folder.js";
export type { MockMailbox } from "./store/mailbox.js";
export type { MockMessage } from "./store/message.js";
export type { AcceptedMail, AcceptedRecipient, Notify, WaitForMail } from "./submission.js";
export type { ObservationFilter } from "./waits.js";
export type { IncomingOptions } from "./world.js";
