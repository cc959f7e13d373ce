package mss;

import java.io.ByteArrayInputStream;
import java.text.Normalizer;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** L'en-tête d'un CDA R2 : ce qu'il faut pour le courriel et pour METADATA.XML. Les valeurs sont celles du document. */
public final class Cda {
    static final String V3 = "urn:hl7-org:v3";
    private static final int LABEL_MAX = 40;

    record Code(String code, String system, String label) {}

    record Id(String root, String extension) {
        /** `racine` ou `racine^extension`, comme dans les métadonnées XDS. */
        String text() {
            return extension.isEmpty() ? root : root + "^" + extension;
        }
    }

    record Name(String qualifier, String value) {}

    record Event(String low, String high, List<Code> codes) {}

    final byte[] raw;
    final Id id;
    final Code code;
    final String title;
    final String effectiveTime;
    final String language;
    final Code confidentiality;
    final Id ins;
    final List<Id> localIds = new ArrayList<>();
    final List<Name> families;
    final List<Name> givens;
    final String birthTime;
    final String gender;
    final String birthPlace;
    final List<Element> authors;
    final Element legal;
    final List<Event> events = new ArrayList<>();
    final Id custodian;
    final Code facility;
    final Code practice;
    final List<String> templates = new ArrayList<>();
    /** Le PDF d'un CDA de niveau 1, sinon null. */
    final byte[] pdf;

    private Cda(byte[] raw, Element root) {
        this.raw = raw;
        id = idOf(child(root, "id"));
        code = codeOf(child(root, "code"));
        title = textOf(child(root, "title"));
        effectiveTime = value(child(root, "effectiveTime"), "value");
        language = value(child(root, "languageCode"), "code");
        confidentiality = codeOf(child(root, "confidentialityCode"));
        Element role = path(root, "recordTarget", "patientRole");
        Element patient = child(role, "patient");
        Id found = null;
        for (Element each : children(role, "id")) {
            Id known = idOf(each);
            if (Identity.INS_OIDS.contains(known.root())) found = found == null ? known : found;
            else if (!known.extension().isEmpty()) localIds.add(known);
        }
        ins = found;
        families = names(patient, "family");
        givens = names(patient, "given");
        birthTime = value(child(patient, "birthTime"), "value");
        gender = value(child(patient, "administrativeGenderCode"), "code");
        birthPlace = textOf(path(patient, "birthplace", "place", "addr", "county"));
        authors = new ArrayList<>();
        for (Element author : children(root, "author")) authors.add(child(author, "assignedAuthor"));
        legal = path(root, "legalAuthenticator", "assignedEntity");
        for (Element each : children(root, "documentationOf")) events.add(event(child(each, "serviceEvent")));
        custodian = idOf(path(root, "custodian", "assignedCustodian", "representedCustodianOrganization", "id"));
        facility = codeOf(path(root, "componentOf", "encompassingEncounter", "location", "healthCareFacility", "code"));
        practice = firstPractice(root);
        for (Element each : children(root, "templateId")) templates.add(each.getAttribute("root"));
        Element text = path(root, "component", "nonXMLBody", "text");
        boolean isPdf = text != null && text.getAttribute("mediaType").equals("application/pdf");
        pdf = isPdf ? Base64.getMimeDecoder().decode(text.getTextContent()) : null;
    }

    static Cda read(byte[] raw) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            // Une DTD n'a pas sa place dans un CDA ; la refuser coupe court aux entités malveillantes.
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            Element root = factory.newDocumentBuilder().parse(new ByteArrayInputStream(raw)).getDocumentElement();
            if (!"ClinicalDocument".equals(root.getLocalName()))
                // CDA auto-présentable : la feuille de style est la racine.
                root = (Element) root.getElementsByTagNameNS(V3, "ClinicalDocument").item(0);
            return new Cda(raw, root);
        } catch (Refused error) {
            throw error;
        } catch (Exception error) {
            throw new Refused("CDA illisible : " + error.getClass().getSimpleName());
        }
    }

    String birthName() {
        String name = named(families, "BR");
        if (name.isEmpty()) name = named(families, "");
        return name.isEmpty() ? named(families, "CL") : name;
    }

    String firstGiven() {
        String name = named(givens, "BR");
        return name.isEmpty() ? named(givens, "").split("\\s+")[0] : name;
    }

    /** Libellé du type de document, coupé à 40 caractères (ECO.2.1.3, ECO.2.1.6). */
    String label() {
        String label = code.label().isEmpty() ? "Document" : code.label();
        return label.substring(0, Math.min(LABEL_MAX, label.length())).stripTrailing();
    }

    /** Matricule, OID et quatre traits : X-MSS-INS vaut alors O (ECO.2.4.2). */
    boolean traitsComplete() {
        return ins != null && !birthName().isEmpty() && !firstGiven().isEmpty() && birthTime.length() >= 8 && !gender.isEmpty();
    }

    /** La date de l'acte, telle qu'écrite : jamais convertie en UTC. */
    String actDate() {
        String low = events.stream().map(Event::low).filter(each -> !each.isEmpty()).findFirst().orElse(effectiveTime);
        return low.substring(0, 8);
    }

    /** CX : l'INS si le document en a une, sinon l'identifiant local. */
    String patientId() {
        return ins != null
            ? ins.extension() + "^^^&" + ins.root() + "&ISO^NH"
            : localIds.get(0).extension() + "^^^&" + localIds.get(0).root() + "&ISO^PI";
    }

    /** Heure d'un CDA en UTC, 14 chiffres, comme l'exigent les métadonnées. */
    static String utc(String time) {
        if (!time.matches("\\d{8,14}([+-]\\d{4})?")) return "";
        String offset = time.contains("+") || time.contains("-") ? time.substring(time.length() - 5) : "";
        String digits = (time.substring(0, time.length() - offset.length()) + "000000").substring(0, 14);
        if (offset.isEmpty()) return digits;
        DateTimeFormatter format = DateTimeFormatter.ofPattern("yyyyMMddHHmmss");
        OffsetDateTime local = OffsetDateTime.parse(digits + offset, DateTimeFormatter.ofPattern("yyyyMMddHHmmssxx"));
        return local.withOffsetSameInstant(ZoneOffset.UTC).format(format);
    }

    static String withoutAccents(String text) {
        String plain = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE");
        return Normalizer.normalize(plain, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    }

    // --- arbre ---
    static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        if (parent == null) return found;
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling())
            if (node instanceof Element element && name.equals(element.getLocalName())) found.add(element);
        return found;
    }

    static Element child(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? null : found.get(0);
    }

    static Element path(Element from, String... names) {
        Element at = from;
        for (String name : names) at = child(at, name);
        return at;
    }

    static String textOf(Element element) {
        return element == null ? "" : element.getTextContent().trim();
    }

    static String value(Element element, String attribute) {
        return element == null ? "" : element.getAttribute(attribute);
    }

    static Id idOf(Element element) {
        return new Id(value(element, "root"), value(element, "extension"));
    }

    static Code codeOf(Element element) {
        return new Code(value(element, "code"), value(element, "codeSystem"), value(element, "displayName"));
    }

    private static List<Name> names(Element patient, String part) {
        List<Name> found = new ArrayList<>();
        for (Element each : children(child(patient, "name"), part))
            found.add(new Name(each.getAttribute("qualifier"), textOf(each)));
        return found;
    }

    private static String named(List<Name> names, String qualifier) {
        for (Name name : names) {
            boolean fits = qualifier.isEmpty()
                ? name.qualifier().isEmpty()
                : List.of(name.qualifier().split("\\s+")).contains(qualifier);
            if (fits && !name.value().isEmpty()) return name.value();
        }
        return "";
    }

    private static Event event(Element element) {
        List<Code> codes = new ArrayList<>();
        Element code = child(element, "code");
        if (code != null) {
            codes.add(codeOf(code));
            for (Element each : children(code, "translation")) codes.add(codeOf(each));
        }
        codes.removeIf(each -> each.code().isEmpty());
        Element times = child(element, "effectiveTime");
        return new Event(value(child(times, "low"), "value"), value(child(times, "high"), "value"), codes);
    }

    private static Code firstPractice(Element root) {
        var found = root.getElementsByTagNameNS(V3, "standardIndustryClassCode");
        return found.getLength() == 0 ? new Code("", "", "") : codeOf((Element) found.item(0));
    }
}
