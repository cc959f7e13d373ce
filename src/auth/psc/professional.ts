import { z } from "zod";
import { defined } from "../../defined.js";

/** A place where the professional works, as the directory knows it. */
export interface ProfessionalActivity {
  /** Codes as the directory has them. */
  mode?: string;
  sector?: string;
  role?: string;
  pharmacySection?: string;
  kind?: string;
  siret?: string;
  siren?: string;
  /** FINESS of the site, and of its legal entity. */
  finess?: string;
  legalFiness?: string;
  /** `identifiantTechniqueDeLaStructure`. */
  structureId?: string;
  name?: string;
  sign?: string;
}

/** One profession of his, with its places. */
export interface ProfessionalPractice {
  profession?: string;
  category?: string;
  /** Type and code of the know-how (speciality). */
  knowHowType?: string;
  knowHow?: string;
  civility?: string;
  family?: string;
  given?: string;
  activities: ProfessionalActivity[];
}

/** Who is logged in, of Pro Santé Connect's userinfo. */
export interface Professional {
  /** The person at Pro Santé Connect. */
  sub: string;
  /** National identifier (`SubjectNameID`): 8 and RPPS. */
  nationalId?: string;
  /** Of a national identifier that begins with 8 and has eleven digits after it. */
  rpps?: string;
  preferredUsername?: string;
  family?: string;
  given?: string;
  /** `SubjectRole`, e.g. `10^1.2.250.1.213.1.1.5.5`. */
  roles: string[];
  organization?: string;
  organizationId?: string;
  /** `Secteur_Activite`, e.g. `SA07^1.2.250.1.71.4.2.4`. */
  sector?: string;
  /** `Palier_Authentification`. */
  authenticationLevel?: string;
  practices: ProfessionalPractice[];
}

const text = z.string().max(1_000).optional().catch(undefined);
const list = <T extends z.ZodType>(item: T) => z.array(item).max(200).catch([]);

const activity = z.object({
  codeModeExercice: text,
  codeSecteurDactivite: text,
  codeRole: text,
  codeSectionPharmacien: text,
  codeGenreActivite: text,
  numeroSiretSite: text,
  numeroSirenSite: text,
  numeroFinessSite: text,
  numeroFinessetablissementJuridique: text,
  identifiantTechniqueDeLaStructure: text,
  raisonSocialeSite: text,
  enseigneCommercialeSite: text,
});

const practice = z.object({
  codeProfession: text,
  codeCategorieProfessionnelle: text,
  codeTypeSavoirFaire: text,
  codeSavoirFaire: text,
  codeCiviliteDexercice: text,
  nomDexercice: text,
  prenomDexercice: text,
  activities: list(activity),
});

const claims = z.object({
  sub: z.string().min(1).max(1_000),
  SubjectNameID: text,
  preferred_username: text,
  family_name: text,
  given_name: text,
  SubjectRole: list(z.string().max(1_000)),
  SubjectOrganization: text,
  SubjectOrganizationID: text,
  Secteur_Activite: text,
  Palier_Authentification: text,
  SubjectRefPro: z
    .object({ exercices: list(practice) })
    .optional()
    .catch(undefined),
});

/** Reads userinfo, whatever else it holds. What is not of the form known is left out: only who it is must be there. */
export function readProfessional(userinfo: unknown): Professional | undefined {
  const read = claims.safeParse(userinfo);
  if (!read.success) return undefined;
  const { data } = read;
  return defined({
    sub: data.sub,
    nationalId: data.SubjectNameID,
    rpps: /^8(\d{11})$/.exec(data.SubjectNameID ?? "")?.[1],
    preferredUsername: data.preferred_username,
    family: data.family_name,
    given: data.given_name,
    roles: data.SubjectRole,
    organization: data.SubjectOrganization,
    organizationId: data.SubjectOrganizationID,
    sector: data.Secteur_Activite,
    authenticationLevel: data.Palier_Authentification,
    practices: (data.SubjectRefPro?.exercices ?? []).map(practiceOf),
  });
}

const present = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

function practiceOf(from: z.output<typeof practice>): ProfessionalPractice {
  return defined({
    profession: present(from.codeProfession),
    category: present(from.codeCategorieProfessionnelle),
    knowHowType: present(from.codeTypeSavoirFaire),
    knowHow: present(from.codeSavoirFaire),
    civility: present(from.codeCiviliteDexercice),
    family: present(from.nomDexercice),
    given: present(from.prenomDexercice),
    activities: from.activities.map(activityOf),
  });
}

function activityOf(from: z.output<typeof activity>): ProfessionalActivity {
  return defined({
    mode: present(from.codeModeExercice),
    sector: present(from.codeSecteurDactivite),
    role: present(from.codeRole),
    pharmacySection: present(from.codeSectionPharmacien),
    kind: present(from.codeGenreActivite),
    siret: present(from.numeroSiretSite),
    siren: present(from.numeroSirenSite),
    finess: present(from.numeroFinessSite),
    legalFiness: present(from.numeroFinessetablissementJuridique),
    structureId: present(from.identifiantTechniqueDeLaStructure),
    name: present(from.raisonSocialeSite),
    sign: present(from.enseigneCommercialeSite),
  });
}
