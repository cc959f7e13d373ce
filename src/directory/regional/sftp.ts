import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Client from "ssh2-sftp-client";
import { isMedimailError, MedimailError } from "../../errors.js";
import { firstAborted } from "../../first-aborted.js";
import type { Dialer } from "../../seams/index.js";
import type { Deposit, DepositedFile } from "./types.js";

export interface SftpOptions {
  host: string;
  /** Default 22. */
  port?: number;
  username: string;
  password?: () => Promise<string>;
  /** OpenSSH or PEM. */
  privateKey?: () => Promise<string>;
  passphrase?: () => Promise<string>;
  /** `SHA256:…`, as `ssh-keygen -l` shows them. Another server gets neither name nor password. */
  hostKeys: readonly string[];
  /** Default `.`. */
  folder?: string;
  /** Of the connection and of each silence, in ms. Default 30 000. */
  timeoutMs?: number;
  dialer: Dialer;
}

/** Files of an SFTP server. One connection, opened by the first who needs it. */
export function sftpDeposit(options: SftpOptions): Deposit {
  const { folder = "." } = options;
  let opened: Promise<Client> | undefined;
  const client = (signal?: AbortSignal): Promise<Client> => {
    opened ??= connect(options, signal);
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  };
  const close = async (): Promise<void> => {
    const open = await opened?.catch(() => undefined);
    opened = undefined;
    await open?.end().catch(() => {});
  };
  const listed = async (signal?: AbortSignal): Promise<DepositedFile[]> => {
    const files = await guarded(
      client(signal).then((sftp) => sftp.list(folder)),
      signal,
      close,
    );
    return files
      .filter(({ type, name }) => type === "-" && !/[/\\]/.test(name))
      .map(({ name, size, modifyTime }) => ({ name, bytes: size, modifiedAt: modifyTime }));
  };
  return {
    list: listed,
    async fetch(file, maxBytes, signal) {
      if (file.bytes > maxBytes)
        throw new MedimailError("directory_file_invalid", `the file has more than ${maxBytes} bytes`, {
          path: "limits.maxFileBytes",
        });
      const dir = await mkdtemp(join(tmpdir(), "medimail-regional-"));
      const release = () => rm(dir, { recursive: true, force: true });
      try {
        const sftp = await client(signal);
        const path = join(dir, "file.csv");
        const remote = `${folder.replace(/\/+$/, "")}/${file.name}`;
        const read = await guarded(
          download(sftp, remote, path, maxBytes, options.timeoutMs ?? 30_000, signal),
          signal,
          close,
        );
        // Cut, or still being put there: what was read is not the file.
        const now = (await listed(signal)).find(({ name }) => name === file.name);
        if (read !== file.bytes || now?.bytes !== file.bytes || now.modifiedAt !== file.modifiedAt)
          throw new MedimailError("directory_unavailable", "the file was not read whole, or changed while it was read");
        return { path, release };
      } catch (error) {
        await release();
        throw error;
      }
    },
    close,
  };
}

async function connect(options: SftpOptions, signal: AbortSignal | undefined): Promise<Client> {
  const { host, port = 22, username, hostKeys, dialer, timeoutMs = 30_000 } = options;
  // Loaded where somebody has such a server.
  const { default: SftpClient } = await import("ssh2-sftp-client");
  const [password, privateKey, passphrase] = await Promise.all([
    options.password?.(),
    options.privateKey?.(),
    options.passphrase?.(),
  ]);
  const sock = await dialer.connect(host, port, { timeoutMs, ...(signal ? { signal } : {}) });
  // Its own listeners write to standard output; ours keep an error between two calls from ending the process.
  const quiet = { error: () => {}, end: () => {}, close: () => {} };
  const Quiet = SftpClient as unknown as new (name: string, listeners: typeof quiet) => Client;
  const client = new Quiet("medimail", quiet);
  let refused = false;
  try {
    await client.connect({
      sock,
      username,
      readyTimeout: timeoutMs,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        const found = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
        refused = !hostKeys.some((known) => known.replace(/=+$/, "") === found);
        return !refused;
      },
      ...(password === undefined ? {} : { password }),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(passphrase === undefined ? {} : { passphrase }),
    });
    return client;
  } catch (error) {
    sock.destroy();
    if (refused)
      throw new MedimailError(
        "certificate_invalid",
        `${host} shows a host key that is not among those of the configuration`,
        {
          path: "directory.regional.sftp.hostKeys",
          hint: "Ask who keeps the server for its fingerprint: ssh-keygen -l.",
        },
      );
    if (
      /authentication/i.test((error as Error).message) ||
      (error as { level?: string }).level === "client-authentication"
    )
      throw new MedimailError("auth_refused", `${host} refuses the account of the regional directory`, {
        path: "directory.regional.sftp",
        hint: "Look at the user, the password and the key of directory.regional.sftp.",
      });
    throw unavailable(error);
  }
}

/** Bytes that were read. */
async function download(
  sftp: Client,
  remote: string,
  path: string,
  maxBytes: number,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let bytes = 0;
  const silent = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), timeoutMs);
  };
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      heard();
      if (bytes > maxBytes)
        done(
          new MedimailError("directory_file_invalid", `the file has more than ${maxBytes} bytes`, {
            path: "limits.maxFileBytes",
          }),
        );
      else done(null, chunk);
    },
  });
  heard();
  // A connection that is cut ends the stream of the library without a word.
  const cut = new AbortController();
  const onClose = (): void => cut.abort();
  sftp.on("close", onClose);
  sftp.on("end", onClose);
  const until = firstAborted(silent.signal, cut.signal, signal);
  try {
    await pipeline(sftp.createReadStream(remote), counter, createWriteStream(path, { mode: 0o600 }), {
      signal: until.signal,
    });
    return bytes;
  } finally {
    until.release();
    clearTimeout(timer);
    sftp.removeListener("close", onClose);
    sftp.removeListener("end", onClose);
  }
}

async function guarded<T>(work: Promise<T>, signal: AbortSignal | undefined, close: () => Promise<void>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // The connection may be in any state: the next one opens its own.
    await close();
    if (signal?.aborted)
      throw new MedimailError("aborted", "the update was given up by the caller", { cause: signal.reason });
    throw isMedimailError(error) ? error : unavailable(error);
  }
}

const unavailable = (cause: unknown): MedimailError =>
  new MedimailError(
    "directory_unavailable",
    "the server of the regional directory does not answer, or the transfer was cut",
    { cause },
  );
