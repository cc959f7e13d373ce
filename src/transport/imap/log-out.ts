import type { ImapFlow } from "imapflow";

/** How long a server may take over what it is doing and the LOGOUT behind it. */
const GOODBYE_MS = 2_000;

/**
 * Ends a session in order (SC.SSI-IE.38): LOGOUT, behind the command that runs, for imapflow cannot cancel one. What is asked of the
 * session later is not sent any more. A server that does not come to it within 2 s is hung up on. Never throws.
 */
export async function logOut(client: ImapFlow): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GOODBYE_MS);
  });
  await Promise.race([client.logout().catch(() => {}), limit]);
  clearTimeout(timer);
  client.close();
}
