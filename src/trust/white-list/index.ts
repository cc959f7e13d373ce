export type { DomainOperator } from "./operator-name.js";
export { operatorOf } from "./operator-name.js";
export { domainName, readWhiteList, WHITE_LIST_LIMITS, type WhiteListContent, type WhiteListEntry } from "./read.js";
export {
  type DomainVerdict,
  type UpdateResult,
  WHITE_LIST_URL,
  WhiteList,
  type WhiteListOptions,
  type WhiteListStatus,
} from "./white-list.js";
