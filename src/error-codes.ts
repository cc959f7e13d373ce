/**
 * Every error code of the package: one line each, in alphabetical order within its room. `docs/errors.md` explains each;
 * a test joins this table, the code that throws and the docs, both ways.
 */
export interface ErrorCodeEntry {
  /** Whether the same call may succeed later without any change, unless the error says otherwise. */
  retryable: boolean;
  /** The requirement behind the rule, where there is always the same one. */
  requirement?: string;
}

const no: ErrorCodeEntry = { retryable: false };
const later: ErrorCodeEntry = { retryable: true };
const by = (requirement: string): ErrorCodeEntry => ({ retryable: false, requirement });

const TABLE = {
  // any room
  aborted: no,
  closed: no,
  internal: no,
  invalid_argument: no,
  usage_invalid: no,
  not_supported: no,
  timeout: later,
  // config, files
  config_invalid: no,
  config_unreadable: no,
  file_not_found: no,
  file_unreadable: no,
  file_unwritable: no,
  secret_unavailable: no,
  // identity
  identity_invalid: no,
  ins_key_invalid: no,
  ins_test_oid_refused: no,
  mss_address_invalid: no,
  // xml, cda
  cda_invalid: no,
  cda_header_invalid: no,
  xml_invalid: no,
  xml_limit_exceeded: no,
  xml_dtd_refused: no,
  pdf_invalid: no,
  // xdm
  archive_encrypted: no,
  archive_invalid: no,
  archive_limit_exceeded: no,
  archive_unsafe_entry: no,
  document_missing: no,
  xdm_metadata_invalid: no,
  xdm_metadata_missing: no,
  xdm_several_patients: by("ECO.2.1.1 (b)"),
  xdm_document_invalid: no,
  // onboarding
  accounts_file_invalid: no,
  // message
  header_injection: no,
  mail_invalid: no,
  mail_not_found: no,
  mail_too_large: by("MSS/va1.13"),
  receipt_not_asked: by("ECO.3.1.6"),
  receipt_unconfirmed: by("RFC 8098"),
  pdf_missing: by("ECO.2.1.1"),
  pdf_not_pdfa1: by("ECO.2.1.5"),
  // what may be sent to whom
  identity_not_qualified: by("INS/va1.53"),
  mask_forbids_recipient: no,
  opposition_patient: by("MSS/va1.20"),
  opposition_professional: by("MSS/va1.22"),
  patient_address_refused: by("ECO.2.2.6"),
  recipient_invalid: no,
  recipient_ambiguous: no,
  recipient_not_found: no,
  recipient_outside_trust_space: no,
  white_list_invalid: later,
  // directories, and who is found in them
  directory_answer_invalid: no,
  directory_file_invalid: no,
  directory_file_refused: no,
  directory_index_damaged: no,
  directory_index_missing: no,
  directory_limit_exceeded: no,
  directory_query_refused: no,
  directory_unavailable: later,
  // storage, outbox
  already_sent: no,
  idempotency_conflict: no,
  lease_lost: no,
  storage_corrupt: no,
  storage_failed: later,
  storage_key_wrong: no,
  storage_schema_newer: no,
  submission_not_found: no,
  submission_state: no,
  // network, tls, authentication
  auth_refused: no,
  certificate_invalid: no,
  certificate_revoked: by("ECO.1.1.6"),
  connection_lost: later,
  connection_refused: later,
  dns_failed: later,
  operator_host_refused: no,
  operator_not_found: later,
  proxy_failed: later,
  http_failed: later,
  revocation_unknown: { retryable: true, requirement: "ECO.1.1.6" },
  starttls_missing: by("ECO.1.0.1"),
  starttls_injection: by("ECO.1.0.1"),
  tls_failed: by("ECO.1.1.1"),
  token_refused: later,
  login_required: by("ECO.1.2.6"),
  login_failed: no,
  circuit_open: later,
  // smtp, imap
  action_not_done: no,
  action_unknown: no,
  folder_not_found: no,
  folder_protected: no,
  connections_exhausted: later,
  imap_failed: later,
  smtp_permanent: no,
  smtp_protocol: later,
  smtp_temporary: later,
  delivery_unknown: no,
  recipient_refused: no,
  delivery_failed: no,
  integration_refused: no,
  attempts_exhausted: no,
  cancelled: no,
  // mock, validator
  mock_failed: no,
  mock_http_unhandled: no,
  observations_invalid: no,
  report_invalid: no,
  run_failed: no,
  signature_invalid: no,
} as const satisfies Record<string, ErrorCodeEntry>;

/** The stable codes of {@link MedimailError}. */
export type ErrorCode = keyof typeof TABLE;

export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorCodeEntry>> = TABLE;
