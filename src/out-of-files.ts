import type { MedimailErrorDetails } from "./errors.js";

const HINT =
  "This process, or the machine, has too many files and connections open: raise its limit (ulimit -n; LimitNOFILE of systemd), or close what is not used.";

/** What an error is told with where no more files may be opened: that says nothing of the file or the host that was meant, and passes. */
export function outOfFiles(error: unknown): Pick<MedimailErrorDetails, "hint" | "retryable"> {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE" ? { hint: HINT, retryable: true } : {};
}
