/**
 * Whether a host, as a URL or a socket names it, is this machine itself: what is said to it crosses no network. By `localhost` and addresses alone; of
 * other names that may mean it (`x.localhost`) somebody's resolver decides.
 */
export const isThisMachine = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/.test(host);
