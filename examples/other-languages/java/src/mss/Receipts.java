package mss;

import jakarta.activation.DataHandler;
import jakarta.mail.BodyPart;
import jakarta.mail.Multipart;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.MimeUtility;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Accusés rendus à l'expéditeur : MDN (RFC 8098), MDN d'échec, courriel d'échec quand aucun accusé n'est demandé. */
final class Receipts {
    static final Map<String, String> LABELS = Map.of("900", "Mauvaise version", "901", "Auteur non autorisé", "902", "Patient inconnu",
        "903", "Pas d'INS", "904", "INS non concordante", "905", "INS incomplète", "906", "Autre erreur");

    /** À qui, quoi, et si le chemin de retour est nul (MDN). */
    record Answer(String to, MimeMessage message, boolean mdn) {}

    private Receipts() {}

    /** Jamais de MDN à un rapport, ni à un chemin nul, ni sans demande (RFC 8098 §2.1). */
    static boolean mayAnswer(MimeMessage original) throws Exception {
        return !original.isMimeType("multipart/report")
            && !Letters.header(original, "Disposition-Notification-To").isEmpty()
            && !Letters.header(original, "Return-Path").trim().equals("<>");
    }

    static Answer mdn(Operator.Box box, byte[] raw, String disposition, String code) throws Exception {
        MimeMessage original = Letters.parse(raw);
        String to = new InternetAddress(Letters.header(original, "Disposition-Notification-To")).getAddress();
        List<String> fields = new ArrayList<>(List.of("Reporting-UA: " + box.software(), "Original-Recipient: rfc822;" + box.address(),
            "Final-Recipient: rfc822;" + box.address()));
        if (original.getMessageID() != null) fields.add("Original-Message-ID: " + original.getMessageID());
        String mode = disposition.equals("displayed") ? "manual-action/MDN-sent-manually" : "automatic-action/MDN-sent-automatically";
        fields.add("Disposition: " + mode + "; " + (code.isEmpty() ? disposition : "processed/error"));
        if (!code.isEmpty()) fields.add("Error: " + MimeUtility.encodeText(code + "^" + LABELS.get(code), "UTF-8", "Q"));
        String text = !code.isEmpty() ? failureText(code)
            : disposition.equals("displayed") ? "Votre message a été affiché par son destinataire." : "Votre message a été traité.";
        MimeMessage message = head(box, to, code.isEmpty() ? successSubject(original, disposition) : failureSubject(original, code), original);
        MimeMultipart report = new MimeMultipart("report");
        ContentType type = new ContentType(report.getContentType());
        type.setParameter("report-type", "disposition-notification");
        report.addBodyPart(text(text));
        report.addBodyPart(raw("message/disposition-notification", (String.join("\r\n", fields) + "\r\n").getBytes(StandardCharsets.US_ASCII)));
        report.addBodyPart(raw("message/rfc822", raw));
        message.setContent(report, type.toString());
        message.saveChanges();
        message.setHeader("Content-Type", type.toString());
        return new Answer(to, message, true);
    }

    /** Sans demande d'accusé : un courriel ordinaire, même objet, l'original et ses pièces jointes répétées (in-std). */
    static Answer failureMail(Operator.Box box, byte[] raw, String code) throws Exception {
        MimeMessage original = Letters.parse(raw);
        String to = ((InternetAddress) original.getFrom()[0]).getAddress();
        MimeMessage message = head(box, to, failureSubject(original, code), original);
        MimeMultipart parts = new MimeMultipart(text(failureText(code)), raw("message/rfc822", raw));
        if (original.getContent() instanceof Multipart all)
            for (int index = 0; index < all.getCount(); index++) {
                BodyPart part = all.getBodyPart(index);
                if (part.getFileName() != null) parts.addBodyPart(part);
            }
        message.setContent(parts);
        message.saveChanges();
        return new Answer(to, message, false);
    }

    private static String failureText(String code) {
        return "L'intégration du document a échoué : " + code + " " + LABELS.get(code);
    }

    /** Les documents intégrés gardent leur objet (in-mdn) ; une lecture ne dit rien de l'usager. */
    private static String successSubject(MimeMessage original, String disposition) throws Exception {
        String subject = original.getSubject();
        boolean documents = subject != null && subject.startsWith(Letters.MARKER);
        return documents && disposition.equals("processed") ? subject : "Accusé de lecture";
    }

    private static String failureSubject(MimeMessage original, String code) throws Exception {
        return "[KO Intégration système !][" + code + "] " + (original.getSubject() == null ? "" : original.getSubject());
    }

    private static MimeMessage head(Operator.Box box, String to, String subject, MimeMessage original) throws Exception {
        MimeMessage message = new Letters.Letter(box, to);
        message.setSubject(subject, "UTF-8");
        if (original.getMessageID() != null) {
            message.setHeader("In-Reply-To", original.getMessageID());
            message.setHeader("References", original.getMessageID());
        }
        return message;
    }

    private static MimeBodyPart text(String text) throws Exception {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text + "\r\n", "UTF-8");
        return part;
    }

    /** Une partie telle quelle : un message n'est jamais mis en base64 (RFC 2046 §5.2.1). */
    private static MimeBodyPart raw(String type, byte[] content) throws Exception {
        MimeBodyPart part = new MimeBodyPart();
        part.setDataHandler(new DataHandler(new ByteArrayDataSource(content, type)));
        part.setHeader("Content-Type", type);
        boolean ascii = true;
        for (byte each : content) ascii &= each >= 0;
        part.setHeader("Content-Transfer-Encoding", ascii ? "7bit" : "8bit");
        return part;
    }
}
