/** An invented physician. */
export const MOCK_PROFESSIONAL = {
  SubjectNameID: "899900000019",
  preferred_username: "899900000019",
  family_name: "EXEMPLE",
  given_name: "Aurore",
  SubjectRole: ["10^1.2.250.1.213.1.1.5.5"],
  SubjectOrganization: "CH EXEMPLE",
  Secteur_Activite: "SA01^1.2.250.1.71.4.2.4",
  Palier_Authentification: "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
  SubjectRefPro: {
    codeCivilite: "MME",
    exercices: [
      {
        codeProfession: "10",
        codeCategorieProfessionnelle: "C",
        nomDexercice: "EXEMPLE",
        prenomDexercice: "Aurore",
        activities: [{ codeSecteurDactivite: "SA01", raisonSocialeSite: "CH EXEMPLE" }],
      },
    ],
  },
};
