package mss;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.mail.smtp.SMTPMessage;
import com.sun.mail.smtp.SMTPTransport;
import com.sun.mail.util.MailConnectException;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Le connecteur : ce que le logiciel de santé appelle. */
final class Connector {
    /** Attentes entre deux tentatives, en secondes. En production : quelques minutes, puis des heures. */
    private static final int[] BACKOFF = {1, 2, 4, 8, 16};

    private final Operator operator;
    private final Operator.Box box;
    final Mailbox mailbox;
    private final Path traces;
    private final Directory directory;

    Connector(Operator operator, Path traces, Directory directory) {
        this.operator = operator;
        this.box = operator.box;
        this.mailbox = new Mailbox(operator);
        this.traces = traces;
        this.directory = directory;
    }

    /** Les documents d'un usager à chaque destinataire, un courriel chacun. */
    String send(JsonObject step, long patienceSeconds) throws Exception {
        List<Cda> documents = new ArrayList<>();
        List<byte[]> pdfs = new ArrayList<>();
        for (JsonElement each : step.getAsJsonArray("documents")) {
            JsonObject entry = each.getAsJsonObject();
            Cda cda = Cda.read(Files.readAllBytes(Path.of(entry.get("cda").getAsString())));
            documents.add(cda);
            pdfs.add(Letters.pdf(cda, entry.has("pdf") ? Files.readAllBytes(Path.of(entry.get("pdf").getAsString())) : null));
        }
        boolean qualified = Letters.text(step, "identityStatus", "qualifiee").equals("qualifiee");
        if (!qualified && documents.stream().anyMatch(cda -> cda.ins != null))
            throw new Refused("INS/va1.53 : identité non qualifiée, le document ne doit pas porter d'INS");
        List<String> masks = new ArrayList<>();
        if (step.has("confidentiality")) for (JsonElement mask : step.getAsJsonArray("confidentiality")) masks.add(mask.getAsString());
        byte[] archive = Xdm.pack(documents, box.software(), "1.2.250.1.999.1.1.4", Letters.text(step, "documentAction", "create"), masks);
        List<String> states = new ArrayList<>();
        for (String to : targets(step, documents.get(0), qualified)) {
            MimeMessage message = Letters.compose(box, to, documents, pdfs, archive, step);
            boolean delivery = !step.has("requestDelivery") || step.get("requestDelivery").getAsBoolean();
            states.add(deliver(to, message, delivery, patienceSeconds, box.address()));
        }
        return String.join(" ", states);
    }

    /** Les destinataires permis : opposition de l'usager, adresse de l'usager tirée de son INS. */
    private List<String> targets(JsonObject step, Cda document, boolean qualified) {
        List<String> kept = new ArrayList<>();
        for (JsonElement each : step.getAsJsonArray("to")) {
            String to = each.getAsString();
            if (Identity.isPatient(to)) {
                if (Letters.flag(step, "opposePatient")) continue; // MSS/va1.20
                if (!qualified || !to.equalsIgnoreCase(Identity.patientAddress(document)))
                    throw new Refused("ECO.2.2.6 : cette adresse n'est pas celle de l'usager du document");
            } else if (Letters.flag(step, "opposeProfessionals")) continue; // MSS/va1.22
            kept.add(to);
        }
        return kept;
    }

    /**
     * Tente jusqu'à la réponse : un 4xx ou une panne attend et recommence, un 5xx s'arrête, une perte après le point final ne se
     * renvoie pas. Une panne est rendue, jamais lancée au reste du logiciel (ECO.1.2.3).
     */
    private String deliver(String to, MimeMessage message, boolean delivery, long patienceSeconds, String sender) throws Exception {
        long end = System.nanoTime() + patienceSeconds * 1_000_000_000L;
        for (int attempt = 0;; attempt++) {
            String state = attempt(to, message, delivery, sender);
            trace("send", "MAIL", state, state.equals("accepted"));
            if (!state.startsWith("deferred") || attempt >= BACKOFF.length) return state;
            if (System.nanoTime() + BACKOFF[attempt] * 1_000_000_000L > end) return state;
            Thread.sleep(BACKOFF[attempt] * 1000L);
        }
    }

    private String attempt(String to, MimeMessage message, boolean delivery, String sender) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        message.writeTo(bytes);
        SMTPTransport transport = null;
        try {
            transport = operator.smtp();
            Letters.checkSize(bytes.size(), to, announced(transport));
            // La bibliothèque relit le courriel tel qu'il a été écrit : rien n'y change d'une tentative à l'autre.
            SMTPMessage envelope = new SMTPMessage(Letters.NO_SESSION, new ByteArrayInputStream(bytes.toByteArray()));
            envelope.setEnvelopeFrom(sender.isEmpty() ? "<>" : sender);
            StringBuilder parameters = new StringBuilder(transport.supportsExtension("SIZE") ? "SIZE=" + bytes.size() : "");
            if (transport.supportsExtension("DSN") && !sender.isEmpty()) {
                parameters.append(parameters.isEmpty() ? "" : " ").append("ENVID=").append(UUID.randomUUID().toString().replace("-", ""));
                envelope.setReturnOption(SMTPMessage.RETURN_HDRS);
                envelope.setNotifyOptions(delivery
                    ? SMTPMessage.NOTIFY_SUCCESS | SMTPMessage.NOTIFY_FAILURE | SMTPMessage.NOTIFY_DELAY
                    : SMTPMessage.NOTIFY_FAILURE);
            }
            if (!parameters.isEmpty()) envelope.setMailExtension(parameters.toString());
            transport.sendMessage(envelope, new Address[] {new InternetAddress(to)});
            return "accepted";
        } catch (Refused error) {
            return "refused: " + error.getMessage();
        } catch (AuthenticationFailedException error) {
            return "refused: authentification";
        } catch (MailConnectException error) {
            return "deferred: " + error.getClass().getSimpleName();
        } catch (MessagingException error) {
            return stateOf(transport, error);
        } finally {
            if (transport != null) Operator.leave(transport);
        }
    }

    private static long announced(SMTPTransport transport) {
        String size = transport.getExtensionParameter("SIZE");
        return size == null || size.isBlank() ? 0 : Long.parseLong(size.trim());
    }

    /** Le code de la réponse décide ; sans réponse après le point final, l'opérateur a peut-être le courriel. */
    private static String stateOf(SMTPTransport transport, MessagingException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause())
            // Un serveur que l'on ne croit pas est un refus, pas une panne : on ne recommence pas jusqu'à ce qu'il plaise.
            if (cause instanceof javax.net.ssl.SSLException) return "refused: TLS";
        if (error.getMessage() != null && error.getMessage().contains("STARTTLS")) return "refused: STARTTLS";
        int code = transport == null ? -1 : transport.getLastReturnCode();
        for (Throwable cause = error; cause != null; cause = cause instanceof MessagingException each ? each.getNextException() : null) {
            if (cause instanceof com.sun.mail.smtp.SMTPSendFailedException failed && failed.getReturnCode() > 0) code = failed.getReturnCode();
            if (cause instanceof com.sun.mail.smtp.SMTPAddressFailedException failed) code = failed.getReturnCode();
        }
        if (code >= 500) return "refused: " + code;
        if (code == 354) return "unknown";
        if (code >= 400 || !(error instanceof SendFailedException)) return "deferred: " + code;
        return "refused: " + code;
    }

    /** Le courriel, et l'usager de ses documents : patientId de METADATA.XML, jamais l'objet (ECO.2.1.2). */
    List<Xdm.Entry> read(JsonObject wanted) throws Exception {
        long uid = mailbox.find(wanted);
        MimeMessage message = Letters.parse(mailbox.fetch(uid));
        List<Xdm.Entry> found = new ArrayList<>();
        if (message.getContent() instanceof jakarta.mail.Multipart parts)
            for (int index = 0; index < parts.getCount(); index++)
                if ("IHE_XDM.ZIP".equalsIgnoreCase(parts.getBodyPart(index).getFileName()))
                    found.addAll(Xdm.open(parts.getBodyPart(index).getInputStream().readAllBytes()));
        mailbox.add(uid, "\\Seen");
        return found;
    }

    String reply(JsonObject step) throws Exception {
        long uid = mailbox.find(step);
        MimeMessage message = Letters.reply(box, Letters.parse(mailbox.fetch(uid)), step.get("body").getAsString(), Letters.flag(step, "fin"));
        String state = deliver(((InternetAddress) message.getAllRecipients()[0]).getAddress(), message, true, 20, box.address());
        mailbox.add(uid, "\\Answered");
        return state;
    }

    /** L'accusé demandé : rien sans demande, jamais deux fois ($MDNSent) ; l'échec sans demande est un courriel ordinaire. */
    String receipt(JsonObject step) throws Exception {
        long uid = mailbox.find(step);
        String disposition = step.get("disposition").getAsString();
        String code = Letters.text(step, "code", disposition.equals("error") ? "906" : "");
        byte[] raw = mailbox.fetch(uid);
        boolean asked = Receipts.mayAnswer(Letters.parse(raw));
        if (!asked && code.isEmpty() || asked && mailbox.has(uid, "$MDNSent")) return "rien à envoyer";
        if (asked) mailbox.add(uid, "$MDNSent");
        Receipts.Answer answer = asked ? Receipts.mdn(box, raw, disposition, code) : Receipts.failureMail(box, raw, code);
        return deliver(answer.to(), answer.message(), false, 20, answer.mdn() ? "" : box.address());
    }

    void delete(JsonObject step) throws Exception {
        mailbox.delete(mailbox.find(step));
        trace("delete", "UID MOVE", "OK", true);
    }

    List<String> search(JsonObject query) throws Exception {
        return directory.search(query);
    }

    void connect() throws Exception {
        Operator.leave(operator.smtp());
        mailbox.connect();
    }

    /** Un redémarrage : plus de session, plus de jeton en mémoire. */
    void restart() {
        mailbox.close();
        operator.forgetTokens();
    }

    /** Journal fonctionnel de la boîte (ECO.4.1.1, ECO.4.1.2) : jamais le contenu d'un message. */
    private void trace(String action, String request, String answer, boolean ok) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("at", OffsetDateTime.now().truncatedTo(ChronoUnit.MILLIS).toString());
        line.put("mailbox", box.address());
        line.put("actor", "logiciel");
        line.put("action", action);
        line.put("request", request);
        line.put("answer", answer);
        line.put("ok", ok);
        Files.writeString(traces, new Gson().toJson(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
