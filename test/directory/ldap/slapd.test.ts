// rac-dir: LDAP directories against a real OpenLDAP: a regional one that wants an account, a national one that wants none.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LdapDirectory, type LdapDirectoryOptions } from "../../../src/directory/index.js";
import { createDialer } from "../../../src/net/index.js";
import { createTlsVerifier } from "../../../src/trust/index.js";
import { testAuthority } from "../../tools/certificates.js";
import { describeWithProgram } from "../../tools/programs.js";
import { all, errorOf } from "../kit.js";
import { ACCOUNT, BASE, type Slapd, startSlapd } from "./slapd.js";

const b64 = (text: string) => Buffer.from(text).toString("base64");

const person = (uid: string, sn: string, given: string, mail: string, rest = "") => `dn: uid=${uid},${BASE}
objectClass: inetOrgPerson
uid: ${uid}
employeeNumber: 8999000000${uid}
sn:: ${b64(sn)}
cn:: ${b64(`${given} ${sn}`)}
givenName:: ${b64(given)}
mail: ${mail}
${rest}
`;

const PEOPLE = [
  person(
    "19",
    "MOREL",
    "Claire",
    "claire.morel@medecin.mssante.fr",
    "title: 10\nl: DAX\npostalCode: 40100\no: CH EXEMPLE",
  ),
  person("27", "MOREL", "Paul", "paul.morel@exemple.mssante.fr", "title: Infirmier\nl: LYON\npostalCode: 69003"),
  person(
    "35",
    "Lefèvre-Åberg",
    "Éloïse",
    "eloise@exemple.mssante.fr",
    "title: Sage-Femme\nl: SAINT-ETIENNE\npostalCode: 42000",
  ),
  person("43", "STAR*(MAN)", "Back\\slash", "star@exemple.mssante.fr"),
  person("50", "ORDINAIRE", "Jean", "jean.ordinaire@gmail.example"),
  person(
    "68",
    "DOUBLE",
    "Anne",
    "anne1@exemple.mssante.fr",
    "mail: anne2@exemple.mssante.fr\nmail: anne@perso.example",
  ),
  ...Array.from({ length: 250 }, (_, i) => person(`n${i}`, "NOMBREUX", `P${i}`, `p${i}@exemple.mssante.fr`)),
].join("\n");

describeWithProgram("slapd", "slapd", "LDAP against OpenLDAP", () => {
  let regional: Slapd;
  let national: Slapd;
  beforeAll(async () => {
    [regional, national] = await Promise.all([
      startSlapd(PEOPLE, { anonymous: false }),
      startSlapd(PEOPLE, { anonymous: true }),
    ]);
  });
  afterAll(async () => {
    await regional?.close();
    await national?.close();
  });

  const directory = (server: Slapd, options: Partial<LdapDirectoryOptions> = {}) =>
    new LdapDirectory({
      host: "localhost",
      port: server.port,
      security: "starttls",
      base: BASE,
      filter: "(objectClass=inetOrgPerson)",
      dialer: createDialer(),
      tls: createTlsVerifier({ ca: [server.ca], revocation: "off" }),
      ...options,
    });
  const account = { dn: ACCOUNT.dn, password: async () => ACCOUNT.password };
  const addresses = async (of: LdapDirectory, query: Parameters<LdapDirectory["search"]>[0], limit?: number) =>
    (await all(of.search(query, limit === undefined ? {} : { limit }))).map(({ address }) => address).sort();

  describe("a regional directory", () => {
    it("is read with its account, behind StartTLS", async () => {
      const found = await all(directory(regional, { credentials: account }).search({ family: "morel", city: "dax" }));
      expect(found).toEqual([
        {
          address: "claire.morel@medecin.mssante.fr",
          type: "PER",
          name: "Claire MOREL",
          family: "MOREL",
          given: "Claire",
          structure: { name: "CH EXEMPLE" },
          profession: { code: "10", label: "Médecin" },
          postalCode: "40100",
          city: "DAX",
          source: "ldap",
          asOf: expect.stringMatching(/^\d{4}-/),
        },
      ]);
    });

    it("is read over LDAPS", async () => {
      const of = directory(regional, { security: "ldaps", port: regional.tlsPort, credentials: account });
      expect(await addresses(of, { family: "Morel", given: "Paul" })).toEqual(["paul.morel@exemple.mssante.fr"]);
    });

    it("refuses a wrong password, and the password is not shown", async () => {
      const of = directory(regional, { credentials: { dn: ACCOUNT.dn, password: async () => "wr0ng-s3cret" } });
      const error = await errorOf(all(of.search({ family: "MOREL" })));
      expect(error.code).toBe("auth_refused");
      expect(`${JSON.stringify(error)} ${String(error.stack)}`).not.toContain("wr0ng");
    });

    it("is not asked with an empty password, which LDAP takes for nobody's", async () => {
      const of = directory(regional, { credentials: { dn: ACCOUNT.dn, password: async () => "" } });
      expect((await errorOf(all(of.search({ family: "MOREL" })))).code).toBe("secret_unavailable");
    });

    it("shows nothing to nobody", async () => {
      const of = directory(regional);
      const answer = await all(of.search({ family: "MOREL" })).catch((error) => error.code);
      expect([[], "directory_query_refused"]).toContainEqual(answer);
    });

    it("whose certificate is of an unknown authority, or another name, gets no password", async () => {
      const stranger = createTlsVerifier({ ca: [testAuthority().cert], revocation: "off" });
      const of = directory(regional, { credentials: account, tls: stranger });
      expect((await errorOf(all(of.search({ family: "MOREL" })))).code).toBe("certificate_invalid");
    });
  });

  describe("a national directory", () => {
    it("is read without an account", async () => {
      expect(await addresses(directory(national), { family: "MOREL" })).toEqual([
        "claire.morel@medecin.mssante.fr",
        "paul.morel@exemple.mssante.fr",
      ]);
    });

    it("is read over many pages, until there are enough", async () => {
      expect(await addresses(directory(national, { pageSize: 40 }), { family: "NOMBREUX" }, 250)).toHaveLength(250);
      expect(await addresses(directory(national, { pageSize: 40 }), { family: "NOMBREUX" }, 5)).toHaveLength(5);
    });

    it("is read without pages where the server has none", async () => {
      expect(await addresses(directory(national, { pageSize: 0 }), { family: "NOMBREUX" }, 250)).toHaveLength(250);
    });

    it("is not read beyond the limit of entries", async () => {
      const of = directory(national, { pageSize: 40, limits: { entries: 100 } });
      expect((await errorOf(all(of.search({ family: "NOMBREUX", profession: "médecin" })))).code).toBe(
        "directory_limit_exceeded",
      );
    });
  });

  describe("a search", () => {
    it("finds accents that were not typed, and hyphens", async () => {
      expect(await addresses(directory(national), { family: "lefevre aberg", given: "eloise" })).toEqual([
        "eloise@exemple.mssante.fr",
      ]);
    });

    it("finds words in any order, a town among them", async () => {
      expect(await addresses(directory(national), { text: "dax morel claire" })).toEqual([
        "claire.morel@medecin.mssante.fr",
      ]);
    });

    it("finds by RPPS where an attribute has it", async () => {
      const attributes = { address: ["mail"], family: ["sn"], given: ["givenName"], rpps: ["employeeNumber"] };
      const of = directory(national, { attributes });
      // As the directory of the test has it: with its prefix.
      expect(await addresses(of, { text: "morel claire" })).toEqual(["claire.morel@medecin.mssante.fr"]);
    });

    it("takes what is typed for what it is, whatever it looks like in the language of filters", async () => {
      const of = directory(national);
      expect(await addresses(of, { family: "star*(man)" })).toEqual(["star@exemple.mssante.fr"]);
      expect(await addresses(of, { family: "*" })).toEqual([]);
      expect(await addresses(of, { family: "x)(objectClass=*" })).toEqual([]);
      expect(await addresses(of, { given: "back\\slash" })).toEqual(["star@exemple.mssante.fr"]);
      const templated = directory(national, { filter: "(&(objectClass=inetOrgPerson)(sn={family}))" });
      expect(await addresses(templated, { family: "*)(uid=*" })).toEqual([]);
      expect(await addresses(templated, { family: "MOREL" })).toHaveLength(2);
      expect(await addresses(templated, { family: "MOR*" })).toEqual([]);
    });

    it("gives each address of the trust space of an entry, and no ordinary mail address", async () => {
      expect(await addresses(directory(national), { family: "DOUBLE" })).toEqual([
        "anne1@exemple.mssante.fr",
        "anne2@exemple.mssante.fr",
      ]);
      expect(await addresses(directory(national), { family: "ORDINAIRE" })).toEqual([]);
    });

    it("with a base or a filter that are wrong says so", async () => {
      expect(
        (await errorOf(all(directory(national, { base: "dc=ailleurs" }).search({ family: "MOREL" })))).code,
      ).toMatch(/directory_(query_refused|answer_invalid)/);
      expect((await errorOf(all(directory(national, { filter: "(sn={nom})" }).search({ family: "MOREL" })))).code).toBe(
        "invalid_argument",
      );
      expect((await errorOf(all(directory(national, { filter: "(sn=" }).search({ family: "MOREL" })))).code).toBe(
        "invalid_argument",
      );
    });

    it("is given up with the caller's signal, and leaves no listener on it", async () => {
      const ended = new AbortController();
      ended.abort();
      expect((await errorOf(all(directory(national).search({ family: "MOREL" }, { signal: ended.signal })))).code).toBe(
        "aborted",
      );
    });
  });
});
