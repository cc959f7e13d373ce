package mss;

import java.util.List;

/** Identités : matricule INS, adresse de l'usager. */
public final class Identity {
    /** Autorités d'affectation du matricule : NIR, NIA, puis NIR de test et de démonstration. */
    static final List<String> INS_OIDS =
        List.of("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9", "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11");
    private static final String PATIENT_DOMAIN = "@patient.mssante.fr";

    private Identity() {}

    /** Quinze caractères, et une clé juste : 97 moins le reste par 97 ; 2A et 2B valent 19 et 18. */
    static boolean insIsValid(String matricule) {
        if (!matricule.matches("[0-9]{5}(?:[0-9]{2}|2A|2B)[0-9]{8}")) return false;
        long body = Long.parseLong(matricule.substring(0, 13).replace("2A", "19").replace("2B", "18"));
        return 97 - body % 97 == Long.parseLong(matricule.substring(13));
    }

    /** L'adresse de l'usager vient du matricule de son document, et de rien d'autre (ECO.2.2.6). */
    static String patientAddress(Cda document) {
        if (document.ins == null || !insIsValid(document.ins.extension()))
            throw new Refused("ECO.2.2.6 : pas d'INS qualifiée, donc pas d'adresse d'usager");
        return document.ins.extension() + PATIENT_DOMAIN;
    }

    static boolean isPatient(String address) {
        return address.toLowerCase().endsWith(PATIENT_DOMAIN);
    }
}
