import { MedimailError } from "../../errors.js";

const REFERRAL = 10;
/** Strong authentication wanted, wrong mechanism, wrong password, no right. */
const AUTHENTICATION: ReadonlySet<number> = new Set([7, 8, 13, 48, 49, 50]);
const TOO_MUCH: ReadonlySet<number> = new Set([3, 4, 11]);
/** No such attribute, wrong matching, wrong syntax, no such object, wrong DN. */
const QUERY: ReadonlySet<number> = new Set([2, 12, 16, 17, 18, 21, 32, 33, 34, 36]);

/** What the engine threw, as ours. The server's own words stay out: they may quote what was asked. */
export function ldapError(error: unknown): MedimailError {
  const { code, name } = error as { code?: unknown; name?: string };
  if (typeof code === "number") {
    const said = `LDAP result ${code}`;
    if (code === REFERRAL)
      return new MedimailError(
        "directory_answer_invalid",
        `the directory refers to another server, which is not followed (${said})`,
      );
    if (AUTHENTICATION.has(code))
      return new MedimailError("auth_refused", `the directory refuses the account (${said})`, {
        path: "directory.ldap.credentials",
        hint: "Look at directory.ldap.account, and at the right that it has there.",
      });
    if (TOO_MUCH.has(code))
      return new MedimailError("directory_limit_exceeded", `the directory's own limit is passed (${said})`, {
        hint: "Search for something narrower.",
      });
    if (QUERY.has(code))
      return new MedimailError("directory_query_refused", `the directory refuses the search (${said})`, {
        hint: "Check directory.ldap: base, filter and attributes.",
      });
    return new MedimailError("directory_unavailable", `the directory cannot answer now (${said})`);
  }
  if (name === "MessageParserError" || name === "InvalidAsn1Error")
    return new MedimailError("directory_answer_invalid", "the server does not speak LDAP");
  return new MedimailError("directory_unavailable", "the connection to the directory was lost", { cause: error });
}
