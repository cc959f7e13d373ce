import { createHash, generateKeyPairSync } from "node:crypto";
import type { AddressInfo } from "node:net";
import ssh2 from "ssh2";
import { closing } from "../kit.js";

const { Server, utils } = ssh2;
const { STATUS_CODE } = utils.sftp;

export interface ServedFile {
  content: Buffer;
  modifiedAt: number;
  isFolder?: boolean;
}

export interface TestSftp {
  port: number;
  /** `SHA256:…` of its host key. */
  fingerprint: string;
  files: Map<string, ServedFile>;
  /** Connections are cut after so many reads. */
  cutAfterReads: number;
  /** Reads are never answered. */
  silent: boolean;
  logins: number;
  /** Called before each list. */
  onList: () => void;
  /** Passwords that were shown. */
  passwords: string[];
}

/** An SFTP server on loopback with files in memory: user `labo`, password `s3cret`. */
export async function sftpServer(): Promise<TestSftp> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const parsed = utils.parseKey(privateKey);
  if (parsed instanceof Error || Array.isArray(parsed)) throw new Error("no key");
  const state: TestSftp = {
    port: 0,
    fingerprint: `SHA256:${createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "")}`,
    files: new Map(),
    cutAfterReads: Number.POSITIVE_INFINITY,
    silent: false,
    logins: 0,
    onList: () => {},
    passwords: [],
  };
  const attributes = ({ content, modifiedAt, isFolder }: ServedFile) => ({
    mode: isFolder ? 0o040755 : 0o100644,
    uid: 0,
    gid: 0,
    size: content.length,
    atime: Math.trunc(modifiedAt / 1_000),
    mtime: Math.trunc(modifiedAt / 1_000),
  });
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("error", () => {});
    client.on("authentication", (context) => {
      if (context.method !== "password") return context.reject(["password"]);
      state.passwords.push(context.password);
      if (context.username !== "labo" || context.password !== "s3cret") return context.reject();
      state.logins += 1;
      return context.accept();
    });
    client.on("session", (accept) => {
      accept().on("sftp", (acceptSftp) => {
        const sftp = acceptSftp();
        let reads = 0;
        let listed = false;
        const handles = new Map<string, ServedFile>();
        const nameOf = (path: string): string => path.replace(/^.*\//, "");
        sftp.on("REALPATH", (id, path) =>
          sftp.name(id, [{ filename: path === "." ? "/depot" : path, longname: "", attrs: {} as never }]),
        );
        sftp.on("OPENDIR", (id) => {
          listed = false;
          state.onList();
          sftp.handle(id, Buffer.from("dir"));
        });
        sftp.on("READDIR", (id) => {
          if (listed) return sftp.status(id, STATUS_CODE.EOF);
          listed = true;
          return sftp.name(
            id,
            [...state.files].map(([filename, file]) => ({
              filename,
              longname: `${file.isFolder ? "d" : "-"}rw-r--r-- 1 labo labo ${file.content.length} Nov 28 08:00 ${filename}`,
              attrs: attributes(file),
            })),
          );
        });
        sftp.on("OPEN", (id, path) => {
          const file = state.files.get(nameOf(path));
          if (!file) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
          handles.set(path, file);
          return sftp.handle(id, Buffer.from(path));
        });
        const stat = (id: number, path: string) => {
          const file = state.files.get(nameOf(path));
          return file ? sftp.attrs(id, attributes(file)) : sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
        };
        sftp.on("STAT", stat);
        sftp.on("LSTAT", stat);
        sftp.on("FSTAT", (id, handle) => stat(id, handle.toString()));
        sftp.on("READ", (id, handle, offset, length) => {
          if (state.silent) return undefined;
          reads += 1;
          if (reads > state.cutAfterReads) return client.end();
          const content = handles.get(handle.toString())?.content ?? Buffer.alloc(0);
          const part = content.subarray(offset, offset + length);
          return part.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, part);
        });
        sftp.on("CLOSE", (id) => sftp.status(id, STATUS_CODE.OK));
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.port = (server.address() as AddressInfo).port;
  closing({ close: () => server.close() });
  return state;
}
