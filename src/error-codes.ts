/**
 * Every error code of the package: one line each, in alphabetical order within its room. `docs/errors.md` explains each;
 * a test joins this table, the code that throws and the docs, both ways.
 */
export interface ErrorCodeEntry {
  /** Whether the same call may succeed later without any change, unless the error says otherwise. */
  retryable: boolean;
  /** The requirement behind the rule, where there is always the same one. */
  requirement?: string;
  /** What to do about it, where the place that throws knows nothing better. */
  hint?: string;
}

const no: ErrorCodeEntry = { retryable: false };
const later: ErrorCodeEntry = { retryable: true };
const by = (requirement: string): ErrorCodeEntry => ({ retryable: false, requirement });
const tell = (entry: ErrorCodeEntry, hint: string): ErrorCodeEntry => ({ ...entry, hint });

const TABLE = {
  // any room
  aborted: no,
  closed: no,
  internal: tell(no, "Report it with the stack (--verbose), and without documents."),
  invalid_argument: no,
  usage_invalid: no,
  not_supported: no,
  timeout: tell(later, "Try again; where it stays so, look at the network and at the proxy."),
  // config, files
  config_invalid: no,
  config_unreadable: no,
  file_not_found: no,
  file_unreadable: no,
  file_unwritable: tell(no, "Look at the folder, its rights and the space that is left."),
  secret_unavailable: no,
  // identity
  identity_invalid: tell(no, "Correct the identity where it is kept."),
  ins_key_invalid: tell(no, "Check the number with INSi, and never write to its address."),
  ins_test_oid_refused: no,
  mss_address_invalid: tell(no, "Correct the address: it has to be one of MSSanté."),
  // xml, cda
  cda_invalid: tell(no, "Produce the document again: the software that made it has to be mended."),
  cda_header_invalid: tell(no, "Complete the header where the document is made."),
  xml_invalid: tell(no, "Produce the document again; UTF-8 is the safe encoding."),
  xml_limit_exceeded: tell(
    no,
    "Raise the limit that is named where such documents are expected; else take the document for hostile.",
  ),
  xml_dtd_refused: tell(no, "Produce the document without DOCTYPE: it is a way to attack a reader."),
  pdf_invalid: tell(no, "Give the PDF itself."),
  // hl7
  hl7_invalid: tell(no, "Correct the message where it is made; the field is named."),
  // xdm
  archive_encrypted: tell(no, "Ask for the archive without a password: the transport encrypts it."),
  archive_invalid: tell(no, "Ask for the archive again."),
  archive_limit_exceeded: no,
  archive_unsafe_entry: tell(no, "Take the archive for hostile, and tell its sender."),
  document_missing: tell(no, "Tell the sender that the archive is not whole."),
  xdm_metadata_invalid: tell(no, "Tell the sender: the publisher of his software has to mend it."),
  xdm_metadata_missing: tell(no, "Give the archive IHE_XDM.ZIP of the mail."),
  xdm_several_patients: tell(by("ECO.2.1.1 (b)"), "Submit the documents of one patient at a time."),
  xdm_document_invalid: tell(no, "Leave the second out, or give it an identifier of its own."),
  // onboarding
  accounts_file_invalid: no,
  // message
  header_injection: tell(no, "Take line ends and control characters out of the text."),
  mail_invalid: no,
  mail_not_found: tell(no, "It was moved or deleted, or the folder was made anew: list the folder again."),
  mail_too_large: tell(by("MSS/va1.13"), "Send fewer documents in one mail, or smaller files."),
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
  recipient_invalid: tell(no, "Correct the recipient, and submit again."),
  recipient_ambiguous: no,
  recipient_not_found: no,
  recipient_outside_trust_space: no,
  white_list_invalid: later,
  // directories, and who is found in them
  directory_answer_invalid: tell(no, "Tell who keeps the directory; another source may answer meanwhile."),
  directory_file_invalid: no,
  directory_file_refused: no,
  directory_index_damaged: no,
  directory_index_missing: no,
  directory_limit_exceeded: no,
  directory_query_refused: tell(no, "Change the search: one of its parameters is wrong."),
  directory_unavailable: tell(later, "Ask again later; another source may answer meanwhile."),
  // storage, outbox
  already_sent: no,
  idempotency_conflict: no,
  lease_lost: no,
  storage_corrupt: tell(no, "Keep a copy of the file and of its -wal, then restore a backup."),
  storage_failed: later,
  storage_key_wrong: no,
  storage_schema_newer: no,
  submission_not_found: tell(no, "medimail outbox list names the submissions; look at outbox.path too."),
  submission_state: no,
  // network, tls, authentication
  auth_refused: tell(
    no,
    "Look at auth in the configuration, at the SASL step that the operator wants, and at the mailbox's account there.",
  ),
  certificate_invalid: no,
  certificate_revoked: by("ECO.1.1.6"),
  connection_lost: tell(later, "Try again; delivery does by itself."),
  connection_refused: tell(later, "Look at the host, the port, the firewall and the proxy."),
  dns_failed: tell(later, "Look at the name, and at the name server."),
  operator_host_refused: no,
  operator_not_found: tell(
    later,
    "medimail discover ADDRESS shows what was asked; else pin the hosts in operator.imap and operator.smtp.",
  ),
  proxy_failed: tell(
    later,
    "Look at network.proxy, and at its right to the port that is asked for (587 and 143 for mail).",
  ),
  http_failed: tell(later, "Try again later; where it stays so, look at the address that was asked."),
  revocation_unknown: { retryable: true, requirement: "ECO.1.1.6" },
  starttls_missing: tell(by("ECO.1.0.1"), "Ask the operator, and suspect the network."),
  starttls_injection: tell(by("ECO.1.0.1"), "Ask the operator, and suspect the network."),
  tls_failed: tell(
    by("ECO.1.1.1"),
    "Both sides need a version of TLS and a cipher in common, and the server has to take our certificate.",
  ),
  token_refused: tell(later, "Look at what gives the token: its user has to be the mailbox's."),
  login_required: by("ECO.1.2.6"),
  login_failed: tell(no, "Let the professional log in again."),
  circuit_open: later,
  // smtp, imap
  action_not_done: no,
  action_unknown: no,
  folder_not_found: no,
  folder_protected: no,
  connections_exhausted: later,
  imap_failed: later,
  smtp_permanent: tell(no, "Mend what the reply names, then send again (outbox retry)."),
  smtp_protocol: tell(later, "Look whether host and port are those of the operator's submission (587)."),
  smtp_temporary: tell(later, "Delivery tries again by itself."),
  delivery_unknown: tell(no, "Ask the recipient or the operator before it is sent again (outbox retry --resend)."),
  recipient_refused: tell(no, "Correct the address, and submit again."),
  delivery_failed: tell(no, "Read why, then correct the address or try another way."),
  integration_refused: tell(no, "Mend what the code names, and submit again."),
  attempts_exhausted: tell(no, "Mend the cause, then send again (outbox retry)."),
  cancelled: no,
  // mock, validator
  mock_failed: no,
  mock_http_unhandled: tell(no, 'Ask for what exists, or start the mock with unhandledHttp: "ignore".'),
  observations_invalid: tell(no, "The file was cut or changed: run the validation again."),
  report_invalid: no,
  run_failed: no,
  signature_invalid: tell(no, "What was signed is not what is there: ask for the folder again."),
} as const satisfies Record<string, ErrorCodeEntry>;

/** The stable codes of {@link MedimailError}. */
export type ErrorCode = keyof typeof TABLE;

export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorCodeEntry>> = TABLE;
