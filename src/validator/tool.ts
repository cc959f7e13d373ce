import { version } from "../../package.json";

/** Who judged. */
export const TOOL = { name: "medimail-connector", version } as const;
