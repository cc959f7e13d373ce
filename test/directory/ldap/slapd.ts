import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testAuthority } from "../../tools/certificates.js";

export interface Slapd {
  port: number;
  tlsPort: number;
  /** PEM of the authority of its certificate (localhost, 127.0.0.1). */
  ca: string;
  close(): Promise<void>;
}

export const BASE = "ou=annuaire,dc=exemple,dc=fr";
export const ACCOUNT = { dn: "cn=medimail,dc=exemple,dc=fr", password: "s3cret-lecteur" };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/**
 * A real OpenLDAP on loopback, its database in a folder of its own.
 *
 * @param anonymous whether everybody may read, as in the national directory; else only the account
 */
export async function startSlapd(people: string, { anonymous }: { anonymous: boolean }): Promise<Slapd> {
  const dir = mkdtempSync(join(tmpdir(), "medimail-slapd-"));
  mkdirSync(join(dir, "db"));
  const authority = testAuthority();
  const leaf = authority.issue({ cn: "localhost", dns: ["localhost"], ip: ["127.0.0.1"] });
  writeFileSync(join(dir, "ca.pem"), authority.cert);
  writeFileSync(join(dir, "cert.pem"), leaf.cert);
  writeFileSync(join(dir, "key.pem"), leaf.key);
  const conf = join(dir, "slapd.conf");
  writeFileSync(
    conf,
    `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${dir}/slapd.pid
TLSCACertificateFile ${dir}/ca.pem
TLSCertificateFile ${dir}/cert.pem
TLSCertificateKeyFile ${dir}/key.pem
security ${anonymous ? "ssf=0" : "simple_bind=128"}
database mdb
suffix "dc=exemple,dc=fr"
directory ${dir}/db
maxsize 67108864
sizelimit 500
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="${ACCOUNT.dn}" read by * ${anonymous ? "read" : "none"}
`,
  );
  writeFileSync(
    join(dir, "people.ldif"),
    `dn: dc=exemple,dc=fr
objectClass: dcObject
objectClass: organization
dc: exemple
o: Exemple

dn: ${ACCOUNT.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: medimail
userPassword: ${ACCOUNT.password}

dn: ${BASE}
objectClass: organizationalUnit
ou: annuaire

${people}`,
  );
  execFileSync("/usr/sbin/slapadd", ["-q", "-f", conf, "-l", join(dir, "people.ldif")], { stdio: "pipe" });
  const port = await freePort();
  const tlsPort = await freePort();
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  const server: ChildProcess = spawn("/usr/sbin/slapd", ["-d", "0", "-f", conf, "-h", urls], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const close = async (): Promise<void> => {
    server.kill();
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  for (let tries = 0; !(await isListening(tlsPort)); tries++) {
    if (tries > 200 || server.exitCode !== null) {
      await close();
      throw new Error("slapd does not start");
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { port, tlsPort, ca: authority.cert, close };
}
