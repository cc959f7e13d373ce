/** From a checked configuration to the rooms: which engine stands behind each seam. Decides nothing else. */
export { type Operator, type OperatorOptions, openOperator } from "./operator.js";
export { openStore } from "./store.js";
export { receiptSource } from "./receipt-source.js";
