/**
 * medimail-connector: connects health software to Medimail, and to any MSSanté operator that offers the API LPS.
 *
 * @packageDocumentation
 */
export {
  type CibaOptions,
  type ClientProof,
  createProSanteConnect,
  type LoginHandlerOptions,
  type LoopbackLoginOptions,
  loginHandler,
  loopbackLogin,
  type PendingLogin,
  type Professional,
  type ProfessionalActivity,
  type ProfessionalPractice,
  type ProSanteConnect,
  type ProSanteConnectSession,
  type ProSanteConnectSettings,
} from "./auth/index.js";
export { type Cda, type CdaHeader, type CdaHeaderInput, type Code, inspectCda, readCda, wrapPdf } from "./cda/index.js";
export { type Config, type ConfigInput, parseConfig } from "./config/index.js";
export { createConnector } from "./connector.js";
export type { Connector, ConnectorOptions, OutboxQuery } from "./connector-types.js";
export type { AdviceCode, CertificateSeen, Diagnosis, Step, StepName, StepState } from "./diagnosis/index.js";
export type {
  CheckedProfile,
  CheckedTarget,
  FactSource,
  MailService,
  ProfileLives,
  Refusal,
  RefusalReason,
  Target,
} from "./discovery/index.js";
export {
  ERROR_CODES,
  type ErrorCode,
  isMedimailError,
  MedimailError,
  type MedimailErrorDetails,
  type Problem,
} from "./errors.js";
export {
  type Ins,
  insDifferences,
  isPatientAddress,
  parseIns,
  parseMssAddress,
  patientAddress,
} from "./identity/index.js";
export { jsonLogger, type LogFields, type Logger, type LogLevel } from "./log.js";
export type {
  ActedOn,
  ActOptions,
  ActOutcome,
  Agreement,
  BlockedContent,
  BlockedKind,
  BodyOptions,
  Destination,
  DocumentHtmlOptions,
  DocumentPdfOptions,
  Draft,
  DraftRef,
  FailureOptions,
  FlagOptions,
  FolderInfo,
  ForwardOptions,
  HealthDocument,
  Inbox,
  InboxEntry,
  IncomingDocument,
  IntegrateOptions,
  IntegrationHandler,
  IntegrationHooks,
  ListOptions,
  MailAction,
  MailActionKind,
  MailAddress,
  MailAttachment,
  MailBody,
  MailboxActions,
  MailboxDrafts,
  MailboxOpener,
  MailboxReader,
  MailboxRole,
  MailboxWriter,
  MailEvent,
  MailKind,
  MailList,
  MailPatient,
  MailRef,
  MailSearch,
  MailSummary,
  Mails,
  NewMailOptions,
  OpenedMail,
  OpenOptions,
  PatientTraits,
  ReceiptOptions,
  ReplyOptions,
  SearchOptions,
  Seen,
  UndoStep,
  WatchOptions,
  WatchStatus,
  WriteOptions,
} from "./mailbox/index.js";
export { MailActionError, shownName } from "./mailbox/index.js";
/** The raccordement: steps and a dated plan, domains, accounts, the sheet for Mipih, indicators, templates. */
export * as onboarding from "./onboarding/index.js";
export { type PdfOptions, renderPdf } from "./pdf.js";
export {
  type Compared,
  type FontSet,
  HTML_STYLESHEET,
  type RenderedHtml,
  type RenderedPdf,
  type RenderHtmlOptions,
  type RenderLimits,
  renderHtml,
} from "./rendering/index.js";
export { createRuntime, type ImapBudget, type Runtime } from "./runtime.js";
export type {
  Clock,
  EventRow,
  OutboxStats,
  Random,
  ReceiptRow,
  RecipientRow,
  RecipientState,
  StoredError,
  SubmissionEventName,
  SubmissionRow,
  TraceEntry,
} from "./seams/index.js";
export type {
  DeliverySettings,
  DocumentSubmission,
  IdentityStatus,
  PollResult,
  RecipientInput,
  SettledSubmission,
  Submission,
  SubmissionAction,
  SubmissionEvent,
  SubmittedDocument,
  UnknownPolicy,
  Until,
} from "./sending/index.js";
export { loadConfigFile } from "./settings/index.js";
export { describeConnector, diagnose, discoverOperator, type SheetOptions, type SupportOptions } from "./support.js";
export {
  type DocumentEntry,
  type OpenedDocument,
  type OpenedXdm,
  openXdm,
  type PackedXdm,
  type PackInput,
  packXdm,
  type SubmissionSet,
  type XdmAction,
  type XdmLimits,
} from "./xdm/index.js";
