package mss;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * L'archive IHE_XDM.ZIP, écrite et lue. Autre possibilité, sans cette classe ni Metadata :
 * `medimail xdm pack --cda a.xml --out IHE_XDM.ZIP`.
 */
final class Xdm {
    private static final int MAX_ENTRIES = 200;
    private static final long MAX_BYTES = 100_000_000;

    record Entry(byte[] content, String patientId, String uniqueId, String action, boolean intact) {}

    private Xdm() {}

    /** L'archive d'un ou plusieurs CDA d'un même usager (ECO.2.1.1). */
    static byte[] pack(List<Cda> documents, String software, String sourceId, String action, List<String> masks) throws Exception {
        if (documents.stream().map(Cda::patientId).distinct().count() != 1)
            throw new Refused("ECO.2.1.1 (b) : un seul usager par courriel");
        List<String> names = new ArrayList<>();
        for (int number = 1; number <= documents.size(); number++) names.add("DOC%04d.XML".formatted(number));
        String sender = documents.get(0).custodian.text();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            add(zip, "INDEX.HTM", index(sender, names));
            add(zip, "README.TXT", readme(sender, software, names));
            add(zip, "IHE_XDM/", new byte[0]);
            add(zip, "IHE_XDM/SUBSET01/", new byte[0]);
            for (int index = 0; index < names.size(); index++) add(zip, "IHE_XDM/SUBSET01/" + names.get(index), documents.get(index).raw);
            String metadata = Metadata.write(documents, names, sourceId, action, masks);
            add(zip, "IHE_XDM/SUBSET01/METADATA.XML", metadata.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, byte[] content) throws Exception {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] index(String sender, List<String> names) {
        StringBuilder links = new StringBuilder();
        for (String name : names) links.append("<li><a href=\"IHE_XDM/SUBSET01/").append(name).append("\">").append(name).append("</a></li>");
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML Basic 1.0//EN\" \"http://www.w3.org/TR/xhtml-basic/xhtml-basic10.dtd\">\n"
            + "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"fr\"><head><title>Archive IHE XDM</title></head><body><p>Emetteur : "
            + Metadata.escape(sender) + "</p><p><a href=\"README.TXT\">README.TXT</a></p><ul>" + links + "</ul></body></html>\n")
            .getBytes(StandardCharsets.UTF_8);
    }

    /** ASCII et CRLF : c'est un lecteur humain, sur n'importe quel poste, qui l'ouvre. */
    private static byte[] readme(String sender, String software, List<String> names) {
        List<String> lines = new ArrayList<>(List.of("EMETTEUR", "  " + sender, "", "LOGICIEL EMETTEUR", "  " + software, "", "CONTENU",
            "  IHE_XDM/SUBSET01/METADATA.XML : description des documents"));
        for (String name : names) lines.add("  IHE_XDM/SUBSET01/" + name + " : document");
        return (Cda.withoutAccents(String.join("\r\n", lines)) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Les documents d'une archive reçue. C'est `patientId` qui identifie l'usager, jamais l'objet du courriel (ECO.2.1.2). */
    static List<Entry> open(byte[] archive) throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        long total = 0;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readNBytes((int) (MAX_BYTES - total) + 1);
                total += content.length;
                if (total > MAX_BYTES || files.size() >= MAX_ENTRIES) throw new Refused("archive trop grande");
                files.put(entry.getName().toUpperCase(), content);
            }
        }
        List<Entry> found = new ArrayList<>();
        for (String path : files.keySet()) {
            if (!path.endsWith("/METADATA.XML")) continue;
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Element root = factory.newDocumentBuilder().parse(new ByteArrayInputStream(files.get(path))).getDocumentElement();
            var entries = root.getElementsByTagNameNS(Metadata.RIM, "ExtrinsicObject");
            for (int index = 0; index < entries.getLength(); index++)
                found.add(entry((Element) entries.item(index), path.substring(0, path.length() - 12), files));
        }
        return found;
    }

    private static Entry entry(Element element, String folder, Map<String, byte[]> files) throws Exception {
        Map<String, String> slots = new HashMap<>();
        for (Element slot : Cda.children(element, "Slot"))
            slots.put(slot.getAttribute("name"), Cda.textOf(Cda.path(slot, "ValueList", "Value")));
        Map<String, String> ids = new HashMap<>();
        for (Element each : Cda.children(element, "ExternalIdentifier"))
            ids.put(each.getAttribute("identificationScheme"), each.getAttribute("value"));
        byte[] content = files.get((folder + slots.getOrDefault("URI", "")).toUpperCase());
        String hash = slots.getOrDefault("hash", "").toLowerCase();
        boolean intact = content != null && (hash.isEmpty() || Metadata.sha1(content).equals(hash))
            && slots.getOrDefault("size", String.valueOf(content.length)).equals(String.valueOf(content.length));
        String action = switch (slots.getOrDefault(Metadata.ACTION_SLOT, "")) {
            case "C" -> "replace";
            case "D" -> "delete";
            default -> "create";
        };
        return new Entry(content, ids.getOrDefault("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", ""),
            ids.getOrDefault("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", ""), action, intact);
    }
}
