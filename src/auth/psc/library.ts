/**
 * Loaded at the first login: most mailboxes have none, and the library is an ES module alone, which a test runner that has CommonJS only (Jest)
 * could else not get past.
 */
export const openidClient = (): Promise<typeof import("openid-client")> => import("openid-client");
