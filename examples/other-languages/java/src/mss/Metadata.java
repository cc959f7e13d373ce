package mss;

import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.math.BigInteger;
import org.w3c.dom.Element;

/** METADATA.XML d'un lot de documents (ebRIM 3.0), à partir de l'en-tête des CDA. */
final class Metadata {
    static final String RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
    static final String ACTION_SLOT = "urn:action:extraMetadataSlot";
    private static final String OBJECT = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject";
    private static final String APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";

    /** Classe d'un document d'après son type (table ASS_X04 de l'ANS) : à compléter par les types que produit votre logiciel. */
    private static final Map<String, String> CLASSES = Map.ofEntries(
        Map.entry("11488-4", "10"), Map.entry("11490-0", "10"), Map.entry("11502-2", "10"), Map.entry("11505-5", "10"),
        Map.entry("11506-3", "10"), Map.entry("15507-7", "10"), Map.entry("34112-3", "10"), Map.entry("34874-8", "10"),
        Map.entry("34133-9", "11"), Map.entry("60591-5", "11"), Map.entry("18748-4", "31"), Map.entry("57833-6", "42"));
    private static final Map<String, String> CLASS_LABELS =
        Map.of("10", "Compte rendu", "11", "Synthèse", "31", "Imagerie médicale", "42", "Prescription");
    private static final Cda.Code PDF_FORMAT =
        new Cda.Code("urn:ihe:iti:xds-sd:pdf:2008", "1.2.250.1.213.1.1.4.12", "Document à corps non structuré en Pdf/A-1");
    /** Format d'un document structuré d'après son modèle (table ASS_A11). */
    private static final Map<String, Cda.Code> FORMATS = Map.of(
        "1.2.250.1.213.1.1.1.55", new Cda.Code("urn:ihe:lab:xd-lab:2008", "1.2.250.1.213.1.1.4.2.282", ""),
        "1.3.6.1.4.1.19376.1.3.3", new Cda.Code("urn:ihe:lab:xd-lab:2008", "1.2.250.1.213.1.1.4.2.282", ""),
        "1.2.250.1.213.1.1.1.45",
        new Cda.Code("urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013", "1.2.250.1.213.1.1.4.2.282", ""));
    private static final String NORMAL = "2.16.840.1.113883.5.25";
    private static final String VISIBILITY = "1.2.250.1.213.1.1.4.13";
    private static final Map<String, Cda.Code> MASKS = Map.of(
        "N", new Cda.Code("N", NORMAL, "Normal"),
        "R", new Cda.Code("R", NORMAL, "Restreint"),
        "V", new Cda.Code("V", NORMAL, "Très restreint"),
        "MASQUE_PS", new Cda.Code("MASQUE_PS", VISIBILITY, "Document masqué aux professionnels de santé"),
        "INVISIBLE_PATIENT", new Cda.Code("INVISIBLE_PATIENT", VISIBILITY, "Document non visible par le patient"),
        "INVISIBLE_REPRESENTANTS_LEGAUX",
        new Cda.Code("INVISIBLE_REPRESENTANTS_LEGAUX", VISIBILITY, "Non visible par les représentants légaux du patient"));

    private record Author(String institution, String person, String specialty) {}

    private Metadata() {}

    static String write(List<Cda> documents, List<String> names, String sourceId, String action, List<String> masks) throws Exception {
        String setId = "urn:uuid:" + UUID.randomUUID();
        Cda first = documents.get(0);
        Writer set = new Writer(setId, "SubmissionSet01");
        set.slot("submissionTime", DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC).format(Instant.now()));
        set.name(documents.size() == 1 ? first.title : documents.size() + " documents");
        set.node("urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd");
        LinkedHashSet<Author> authors = new LinkedHashSet<>();
        for (Cda document : documents) authors.addAll(authorsOf(document));
        for (Author author : authors) set.author("urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", author);
        set.code("urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", contentType(first));
        set.identifier("urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId", first.patientId());
        set.identifier("urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId", sourceId);
        set.identifier("urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId", uuidOid());
        StringBuilder body = new StringBuilder("<rim:RegistryPackage id=\"%s\" objectType=\"%s:RegistryPackage\" status=\"%s\">%s</rim:RegistryPackage>"
            .formatted(setId, OBJECT, APPROVED, set));
        StringBuilder members = new StringBuilder();
        for (int index = 0; index < documents.size(); index++) {
            String entryId = "urn:uuid:" + UUID.randomUUID();
            body.append(document(documents.get(index), names.get(index), entryId, index + 1, action, masks));
            members.append("<rim:Association id=\"Member%02d\" objectType=\"%s:Association\" associationType=\"urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" sourceObject=\"%s\" targetObject=\"%s\">%s</rim:Association>"
                .formatted(index + 1, OBJECT, setId, entryId, slotText("SubmissionSetStatus", List.of("Original"))));
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<lcm:SubmitObjectsRequest xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" xmlns:rim=\""
            + RIM + "\"><rim:RegistryObjectList>" + body + members + "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>\n";
    }

    private static String document(Cda cda, String name, String entryId, int number, String action, List<String> masks) throws Exception {
        Writer entry = new Writer(entryId, "Document%02d".formatted(number));
        // Remplacer ou supprimer n'est pas une association RPLC mais cette rubrique de l'entrée.
        if (action.equals("replace")) entry.slot(ACTION_SLOT, "C");
        if (action.equals("delete")) entry.slot(ACTION_SLOT, "D");
        entry.slot("hash", sha1(cda.raw));
        entry.slot("size", String.valueOf(cda.raw.length));
        entry.slot("URI", name);
        entry.slot("creationTime", Cda.utc(cda.effectiveTime));
        entry.slot("languageCode", cda.language);
        if (cda.legal != null) entry.slot("legalAuthenticator", person(cda.legal));
        if (!cda.events.isEmpty()) {
            entry.slot("serviceStartTime", Cda.utc(cda.events.get(0).low()));
            entry.slot("serviceStopTime", Cda.utc(cda.events.get(0).high()));
        }
        List<String> local = cda.localIds.stream().map(id -> id.extension() + "^^^&" + id.root() + "&ISO^PI").toList();
        entry.slot("sourcePatientId", local.isEmpty() ? cda.patientId() : local.get(0));
        entry.slots("sourcePatientInfo", patientInfo(cda, local));
        entry.name(cda.title);
        for (Cda.Event event : cda.events)
            for (Cda.Code code : event.codes()) entry.code("urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", code);
        for (Author author : authorsOf(cda)) entry.author("urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d", author);
        entry.code("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", classCode(cda));
        LinkedHashSet<String> levels = new LinkedHashSet<>(List.of(cda.confidentiality.code()));
        levels.addAll(masks);
        for (String level : levels) entry.code("urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", MASKS.getOrDefault(level, cda.confidentiality));
        entry.code("urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", format(cda));
        entry.code("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", cda.facility);
        entry.code("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", cda.practice);
        entry.code("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", cda.code);
        entry.identifier("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId", cda.patientId());
        entry.identifier("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId", cda.id.text());
        return "<rim:ExtrinsicObject id=\"%s\" mimeType=\"text/xml\" objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\" status=\"%s\">%s</rim:ExtrinsicObject>"
            .formatted(entryId, APPROVED, entry);
    }

    /** L'ordre d'ebRIM est Slot, Name, Classification, ExternalIdentifier : il est celui des appels. */
    private static final class Writer {
        private final String owner;
        private final String prefix;
        private final StringBuilder text = new StringBuilder();
        private int count;

        Writer(String owner, String prefix) {
            this.owner = owner;
            this.prefix = prefix;
        }

        void slot(String name, String value) {
            slots(name, List.of(value));
        }

        void slots(String name, List<String> values) {
            text.append(slotText(name, values.stream().filter(value -> !value.isEmpty()).toList()));
        }

        void name(String value) {
            text.append(nameText(value));
        }

        void node(String node) {
            text.append("<rim:Classification %s classificationNode=\"%s\" classifiedObject=\"%s\"/>".formatted(id("Classification"), node, owner));
        }

        void code(String scheme, Cda.Code code) {
            if (!code.code().isEmpty()) classify(scheme, code.code(), slotText("codingScheme", List.of(code.system())) + nameText(code.label()));
        }

        void author(String scheme, Author author) {
            String content = optional("authorInstitution", author.institution()) + optional("authorPerson", author.person())
                + optional("authorSpecialty", author.specialty());
            classify(scheme, "", content);
        }

        void identifier(String scheme, String label, String value) {
            text.append("<rim:ExternalIdentifier %s identificationScheme=\"%s\" registryObject=\"%s\" value=\"%s\">%s</rim:ExternalIdentifier>"
                .formatted(id("ExternalIdentifier"), scheme, owner, escape(value), nameText(label)));
        }

        private void classify(String scheme, String value, String content) {
            text.append("<rim:Classification %s classificationScheme=\"%s\" classifiedObject=\"%s\" nodeRepresentation=\"%s\">%s</rim:Classification>"
                .formatted(id("Classification"), scheme, owner, escape(value), content));
        }

        private String id(String kind) {
            count++;
            return "id=\"%s_%d\" objectType=\"%s:%s\"".formatted(prefix, count, OBJECT, kind);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }

    private static String optional(String name, String value) {
        return slotText(name, value.isEmpty() ? List.of() : List.of(value));
    }

    private static String slotText(String name, List<String> values) {
        if (values.isEmpty()) return "";
        StringBuilder list = new StringBuilder();
        for (String value : values) list.append("<rim:Value>").append(escape(value)).append("</rim:Value>");
        return "<rim:Slot name=\"" + name + "\"><rim:ValueList>" + list + "</rim:ValueList></rim:Slot>";
    }

    private static String nameText(String value) {
        if (value.isEmpty()) return "";
        return "<rim:Name><rim:LocalizedString xml:lang=\"fr-FR\" charset=\"UTF-8\" value=\"" + escape(value) + "\"/></rim:Name>";
    }

    static String escape(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private static List<String> patientInfo(Cda cda, List<String> local) {
        StringBuilder all = new StringBuilder();
        for (Cda.Name given : cda.givens) if (given.qualifier().isEmpty()) all.append(all.isEmpty() ? "" : " ").append(given.value());
        List<String> lines = new ArrayList<>(List.of("PID-5|" + cda.birthName() + "^" + cda.firstGiven() + "^" + all + "^^^^L"));
        for (String other : local.subList(Math.min(1, local.size()), local.size())) lines.add("PID-3|" + other);
        if (!cda.birthTime.isEmpty()) lines.add("PID-7|" + cda.birthTime);
        if (!cda.gender.isEmpty()) lines.add("PID-8|" + cda.gender);
        if (!cda.birthPlace.isEmpty()) lines.add("PID-11|^^^^^^BDL^^" + cda.birthPlace);
        return lines;
    }

    /** XCN d'un auteur ou d'un responsable ; un dispositif a le type RI. */
    private static String person(Element assigned) {
        Cda.Id id = Cda.idOf(Cda.child(assigned, "id"));
        Element name = Cda.path(assigned, "assignedPerson", "name");
        if (name != null)
            return id.extension() + "^" + Cda.textOf(Cda.child(name, "family")) + "^" + Cda.textOf(Cda.child(name, "given")) + "^^^^^^&"
                + id.root() + "&ISO^D^^^" + (id.extension().contains("/") ? "EI" : "IDNPS");
        Element device = Cda.child(assigned, "assignedAuthoringDevice");
        if (device == null) return "";
        return id.extension() + "^" + Cda.textOf(Cda.child(device, "softwareName")) + "^"
            + Cda.textOf(Cda.child(device, "manufacturerModelName")) + "^^^^^^&" + id.root() + "&ISO^U^^^RI";
    }

    private static List<Author> authorsOf(Cda cda) {
        List<Author> authors = new ArrayList<>();
        for (Element assigned : cda.authors) {
            Element place = Cda.child(assigned, "representedOrganization");
            Cda.Id id = Cda.idOf(Cda.child(place, "id"));
            String name = Cda.textOf(Cda.child(place, "name"));
            String institution = place == null || id.root().isEmpty() ? name : name + "^^^^^&" + id.root() + "&ISO^IDNST^^^" + id.extension();
            Cda.Code code = Cda.codeOf(Cda.child(assigned, "code"));
            String specialty = code.code().isEmpty() ? "" : code.code() + "^" + code.label() + "^" + code.system();
            authors.add(new Author(institution, person(assigned), specialty));
        }
        return authors;
    }

    private static Cda.Code contentType(Cda cda) {
        return cda.facility.code().equals("SA25")
            ? new Cda.Code("26", "1.2.250.1.213.2.2", "Analyses médicales biologiques")
            : new Cda.Code("97", "1.2.250.1.213.2.2", "Type d'activité non différencié");
    }

    private static Cda.Code classCode(Cda cda) {
        String found = CLASSES.get(cda.code.code());
        if (found == null) throw new Refused("complétez la table CLASSES pour le type " + cda.code.code());
        return new Cda.Code(found, "1.2.250.1.213.1.1.4.1", CLASS_LABELS.get(found));
    }

    private static Cda.Code format(Cda cda) {
        if (cda.pdf != null) return PDF_FORMAT;
        for (int index = cda.templates.size() - 1; index >= 0; index--)
            if (FORMATS.containsKey(cda.templates.get(index))) return FORMATS.get(cda.templates.get(index));
        throw new Refused("complétez la table FORMATS pour le modèle de ce document");
    }

    static String sha1(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
    }

    private static String uuidOid() {
        return "2.25." + new BigInteger(UUID.randomUUID().toString().replace("-", ""), 16);
    }
}
