import config from "../../vitest.config.js";

/** For `.ci/long`: files that `npm test` leaves out. */
export default { ...config, test: { ...config.test, projects: undefined, include: ["test/**/*.long.ts"] } };
