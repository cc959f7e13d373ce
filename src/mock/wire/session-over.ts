/** The session ends: the connection was cut by a fault, or its last line is written. */
export class SessionOver extends Error {}
