export { activityIndicators } from "./count.js";
export { indicatorsToCsv } from "./csv.js";
export { indicatorsToMarkdown } from "./markdown.js";
export { indicatorsToHtml } from "./page.js";
export { dayIn, daysAfter, planIndicators } from "./periods.js";
export type {
  ActivityIndicators,
  ActivityRows,
  IndicatorCell,
  IndicatorPlan,
  IndicatorQuery,
  Outcomes,
  Period,
  PeriodName,
  SentType,
} from "./types.js";
