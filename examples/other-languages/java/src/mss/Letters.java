package mss;

import com.google.gson.JsonObject;
import jakarta.activation.DataHandler;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Le courriel MSSanté : objet, en-têtes, pièces jointes, réponses. */
final class Letters {
    static final String MARKER = "XDM/1.0/DDM+";
    static final int PATIENT_MAX_SIZE = 25_000_000;
    static final Session NO_SESSION = Session.getInstance(new Properties());

    private Letters() {}

    /** Un message dont le Message-ID est du domaine de la boîte : la bibliothèque y mettrait le nom de la machine (ECO.2.2.1). */
    static final class Letter extends MimeMessage {
        private final String id;

        Letter(Operator.Box box, String to) throws Exception {
            super(NO_SESSION);
            id = "<" + UUID.randomUUID() + "@" + box.domain() + ">";
            setSentDate(new Date());
            setFrom(new InternetAddress(box.address(), box.label(), "UTF-8"));
            setRecipient(Message.RecipientType.TO, new InternetAddress(to));
            setHeader("X-MSS-NIL", box.nil());
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }

    static MimeMessage parse(byte[] raw) throws Exception {
        return new MimeMessage(NO_SESSION, new ByteArrayInputStream(raw));
    }

    /** Le courriel d'un destinataire : chacun reçoit le sien. */
    static MimeMessage compose(Operator.Box box, String to, List<Cda> documents, List<byte[]> pdfs, byte[] archive, JsonObject step)
        throws Exception {
        String action = text(step, "documentAction", "create");
        MimeMessage message = new Letter(box, to);
        message.setSubject(subject(documents, action), "UTF-8");
        if (step.has("replyTo")) message.setReplyTo(new InternetAddress[] {new InternetAddress(step.get("replyTo").getAsString())});
        if (flag(step, "requestRead")) message.setHeader("Disposition-Notification-To", box.address());
        message.setHeader("X-MSS-INS", documents.stream().allMatch(Cda::traitsComplete) ? "O" : "N");
        message.setHeader("X-MSS-CODECDA", documents.stream().map(each -> each.code.code()).collect(Collectors.joining(",")));
        if (flag(step, "fin") && Identity.isPatient(to)) message.setHeader("X-MSS-MES", "FIN");
        MimeBodyPart text = new MimeBodyPart();
        text.setText(body(documents, action), "UTF-8");
        MimeMultipart parts = new MimeMultipart(text, file("application/zip", "IHE_XDM.ZIP", archive));
        List<String> names = pdfNames(documents);
        for (int index = 0; index < names.size(); index++) parts.addBodyPart(file("application/pdf", names.get(index), pdfs.get(index)));
        message.setContent(parts);
        message.saveChanges();
        return message;
    }

    /** Une réponse appartient à l'échange : In-Reply-To, et References complétées (ECO.2.2.2). */
    static MimeMessage reply(Operator.Box box, MimeMessage original, String text, boolean fin) throws Exception {
        String to = ((InternetAddress) original.getReplyTo()[0]).getAddress();
        MimeMessage message = new Letter(box, to);
        String subject = original.getSubject() == null ? "" : original.getSubject().replace(MARKER, "");
        message.setSubject("Re: " + subject.replaceFirst("(?i)^(re\\s*:\\s*)+", ""), "UTF-8");
        String parent = original.getMessageID();
        if (parent != null) {
            String before = header(original, "References").isEmpty() ? header(original, "In-Reply-To") : header(original, "References");
            Set<String> chain = new LinkedHashSet<>(List.of(before.isBlank() ? parent : before.trim().split("\\s+")[0]));
            if (!before.isBlank()) chain.addAll(List.of(before.trim().split("\\s+")));
            chain.add(parent);
            message.setHeader("In-Reply-To", parent);
            message.setHeader("References", MimeUtility.fold(12, String.join(" ", chain)));
        }
        if (fin && Identity.isPatient(to)) message.setHeader("X-MSS-MES", "FIN");
        message.setText(text, "UTF-8");
        message.saveChanges();
        return message;
    }

    static String header(MimeMessage message, String name) throws MessagingException {
        String value = message.getHeader(name, " ");
        return value == null ? "" : MimeUtility.unfold(value);
    }

    /** `XDM/1.0/DDM+<libellé> <NOM> <prénom> <JJ/MM/AAAA>` (ECO.2.1.3) ; la mention d'un remplacement suit le marqueur. */
    static String subject(List<Cda> documents, String action) {
        Cda first = documents.get(0);
        List<String> words = new ArrayList<>();
        if (action.equals("replace")) words.add("[Annule et remplace]");
        words.add(documents.size() == 1 ? first.label() : documents.size() + " documents");
        words.add(Cda.withoutAccents(first.birthName()).toUpperCase());
        words.add(Cda.withoutAccents(first.firstGiven()));
        String birth = first.birthTime;
        if (birth.length() >= 8) words.add(birth.substring(6, 8) + "/" + birth.substring(4, 6) + "/" + birth.substring(0, 4));
        return MARKER + String.join(" ", words);
    }

    /** `<AAAAMMJJ>_<type>_<NOM>_<prénom>.pdf` (ECO.2.1.6), `-2` devant `.pdf` pour le second du même nom. */
    static List<String> pdfNames(List<Cda> documents) {
        List<String> names = new ArrayList<>();
        for (Cda cda : documents) {
            List<String> parts = List.of(cda.actDate(), cda.label(), Cda.withoutAccents(cda.birthName()).toUpperCase(),
                Cda.withoutAccents(cda.firstGiven()));
            String name = parts.stream().map(part -> part.replaceAll("[/\\\\:*?\"<>|\\x00-\\x1f]", "-")).collect(Collectors.joining("_"));
            String unique = name + ".pdf";
            for (int rank = 2; names.contains(unique); rank++) unique = name + "-" + rank + ".pdf";
            names.add(unique);
        }
        return names;
    }

    /** Le PDF joint vient du CDA (ECO.2.1.5) : celui qu'il contient, sinon le rendu que le logiciel en a fait. */
    static byte[] pdf(Cda cda, byte[] given) {
        if (cda.pdf != null) return cda.pdf;
        if (given == null) throw new Refused("ECO.2.1.5 : ce CDA est structuré, il faut son rendu PDF/A-1 (`medimail cda render --pdf`)");
        return given;
    }

    /** Rien de plus grand que ce que l'opérateur annonce (MSS/va1.13), ni que 25 Mo vers un usager. */
    static void checkSize(int size, String to, long announced) {
        if (announced > 0 && size > announced) throw new Refused("MSS/va1.13 : courriel plus grand que la limite de l'opérateur");
        if (Identity.isPatient(to) && size > PATIENT_MAX_SIZE) throw new Refused("mes-25mb : 25 Mo au plus vers un usager");
    }

    private static MimeBodyPart file(String type, String name, byte[] content) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(content, type)));
        part.setHeader("Content-Transfer-Encoding", "base64");
        part.setDisposition(Part.ATTACHMENT);
        part.setFileName(name);
        return part;
    }

    private static String body(List<Cda> documents, String action) {
        StringBuilder text = new StringBuilder("Bonjour,\r\n\r\n");
        if (action.equals("replace")) text.append("Ce document annule et remplace la version envoyée auparavant.\r\n\r\n");
        if (action.equals("delete"))
            text.append("Demande de suppression : merci de supprimer le document joint de votre dossier.\r\n\r\n");
        text.append("Veuillez trouver ci-joint :\r\n");
        for (Cda cda : documents) text.append("- ").append(cda.label()).append("\r\n");
        return text.append("\r\nLe fichier PDF se lit directement ; l'archive IHE_XDM.ZIP est destinée aux logiciels de santé.\r\n").toString();
    }

    static String text(JsonObject step, String name, String otherwise) {
        return step.has(name) ? step.get(name).getAsString() : otherwise;
    }

    static boolean flag(JsonObject step, String name) {
        return step.has(name) && step.get(name).getAsBoolean();
    }
}
