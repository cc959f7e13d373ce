import type { Text } from "./types.js";

/** The technical message says it in English already: only the codes whose message needs a frame have a phrase. */
export const englishErrors: Text["errors"] = {
  aborted: "interrupted",
  cda_header_invalid: "the header of the CDA is wrong",
  cda_invalid: "not a readable CDA R2",
  config_invalid: "the configuration is wrong",
  config_unreadable: "the configuration cannot be read",
  directory_file_invalid: "not an extraction of the directory that can be read",
  directory_file_refused: "this file does not replace the directory in use",
  directory_index_damaged: "the index of the directory is damaged",
  directory_index_missing: "there is no index of the directory yet",
  file_not_found: "file not found",
  file_unreadable: "file not readable",
  file_unwritable: "file not writable",
  internal: "unforeseen fault of the connector",
  invalid_argument: "wrong value",
  mock_failed: "the mock Medimail did not start",
  mock_http_unhandled: "requests were made that nothing answers",
  not_supported: "not served by this version yet",
  pdf_missing: "the PDF of a document is missing",
  secret_unavailable: "a secret is not available",
  timeout: "the time is over",
  usage_invalid: "wrong command line",
  run_failed: "the validation could not run",
  observations_invalid: "the observations cannot be read",
  signature_invalid: "the signature of the report does not hold",
};
