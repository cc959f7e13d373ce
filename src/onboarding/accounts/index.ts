export { checkAccounts } from "./check.js";
export type { Deposit, DepositRequest } from "./deposit.js";
export { nextTaking, planDeposit, TAKEN_AT_HOUR } from "./deposit.js";
export type { AccountDifference, ChangedAccount } from "./difference.js";
export { accountDifference } from "./difference.js";
export { DEFAULT_LAYOUT } from "./layout.js";
export type { AccountEvent, AccountLife, EnrolmentConditions } from "./life.js";
export { afterEvent, NO_ACCOUNT, possibleEvents, statusOf, unmetConditions } from "./life.js";
export type { AccountLimits } from "./limits.js";
export { proposeAddresses } from "./naming.js";
export type { ReadAccountsOptions } from "./read.js";
export { readAccounts } from "./read.js";
export type {
  Account,
  AccountColumn,
  AccountField,
  AccountFile,
  AccountLayout,
  AccountProblem,
  AccountRow,
  AccountStatus,
  AccountType,
} from "./types.js";
export { ACCOUNT_STATUSES, ACCOUNT_TYPES } from "./types.js";
export type { WriteAccountsOptions } from "./write.js";
export { writeAccounts } from "./write.js";
