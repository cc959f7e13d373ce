package mss;

import com.google.gson.JsonObject;
import com.sun.mail.iap.ByteArray;
import com.sun.mail.iap.Response;
import com.sun.mail.imap.IMAPFolder;
import com.sun.mail.imap.IMAPStore;
import com.sun.mail.imap.protocol.BODY;
import com.sun.mail.imap.protocol.FetchResponse;
import com.sun.mail.imap.protocol.IMAPResponse;
import jakarta.mail.Folder;
import jakarta.mail.FolderClosedException;
import jakarta.mail.MessagingException;
import jakarta.mail.StoreClosedException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lire une boîte par IMAP : par UID, sans marquer comme lu ce que personne n'a lu. Les commandes sont dites une à une : l'interface
 * de la bibliothèque compterait par numéros d'ordre, que les suppressions des autres sessions décalent.
 */
final class Mailbox {
    private final Operator operator;
    private IMAPStore store;
    private IMAPFolder inbox;

    Mailbox(Operator operator) {
        this.operator = operator;
    }

    private interface Work<T> {
        T with(IMAPFolder folder) throws Exception;
    }

    private IMAPFolder open() throws Exception {
        if (store == null) store = operator.imap();
        if (inbox == null || !inbox.isOpen()) {
            inbox = (IMAPFolder) store.getFolder("INBOX");
            inbox.open(Folder.READ_WRITE);
        }
        return inbox;
    }

    /** Fait le travail ; une session perdue est rouverte une fois, sans rien demander à l'utilisateur (ECO.1.2.7). */
    private <T> T again(Work<T> work) throws Exception {
        try {
            return work.with(open());
        } catch (FolderClosedException | StoreClosedException | IllegalStateException error) {
            drop();
            return work.with(open());
        } catch (MessagingException error) {
            if (store != null && store.isConnected()) throw error;
            drop();
            return work.with(open());
        }
    }

    private void drop() {
        if (store != null) Operator.leave(store);
        store = null;
        inbox = null;
    }

    void connect() throws Exception {
        again(folder -> command(folder, "NOOP"));
    }

    void close() {
        drop();
    }

    /** UID du courriel voulu, le plus récent. */
    long find(JsonObject wanted) throws Exception {
        String id = Letters.text(wanted, "messageId", "").replaceAll("[<>]", "");
        String subject = Letters.text(wanted, "subject", "");
        List<Long> uids = again(folder -> {
            command(folder, "NOOP");
            return search(folder, id.isEmpty() ? "ALL" : "HEADER Message-ID \"<" + id + ">\"");
        });
        for (int index = uids.size() - 1; index >= 0; index--) {
            if (!id.isEmpty() || subject.isEmpty()) return uids.get(index);
            byte[] header = fetch(uids.get(index), "BODY.PEEK[HEADER.FIELDS (SUBJECT)]");
            String found = Letters.parse(header).getSubject();
            if (found != null && found.contains(subject)) return uids.get(index);
        }
        throw new Refused("aucun courriel de ce nom dans la boîte");
    }

    byte[] fetch(long uid) throws Exception {
        return fetch(uid, "BODY.PEEK[]");
    }

    private byte[] fetch(long uid, String what) throws Exception {
        return again(folder -> {
            for (Response response : command(folder, "UID FETCH " + uid + " (UID " + what + ")"))
                if (response instanceof FetchResponse fetched && fetched.getItem(BODY.class) != null) {
                    ByteArray bytes = fetched.getItem(BODY.class).getByteArray();
                    return new ByteArrayInputStream(bytes.getBytes(), bytes.getStart(), bytes.getCount()).readAllBytes();
                }
            throw new Refused("le courriel n'est plus là");
        });
    }

    boolean has(long uid, String flag) throws Exception {
        return again(folder -> {
            for (Response response : command(folder, "UID FETCH " + uid + " (UID FLAGS)"))
                if (response.toString().toUpperCase().contains(flag.toUpperCase())) return true;
            return false;
        });
    }

    void add(long uid, String flag) throws Exception {
        again(folder -> command(folder, "UID STORE " + uid + " +FLAGS (" + flag + ")"));
    }

    /** Vers la corbeille ; l'utilisateur peut revenir dessus. */
    void delete(long uid) throws Exception {
        again(folder -> command(folder, "UID MOVE " + uid + " Trash"));
    }

    /** Attend des nouvelles. La bibliothèque quitte IDLE quand on l'arrête : bien avant les 29 minutes de la RFC 2177. */
    void idle(long millis) throws Exception {
        IMAPFolder folder = open();
        Thread bell = new Thread(() -> {
            try {
                Thread.sleep(millis);
                folder.getMessageCount();
            } catch (InterruptedException | MessagingException error) {
                // l'attente est déjà finie
            }
        });
        bell.setDaemon(true);
        bell.start();
        long end = System.nanoTime() + millis * 1_000_000;
        try {
            while (System.nanoTime() < end) folder.idle(true);
        } catch (FolderClosedException | StoreClosedException | IllegalStateException error) {
            drop();
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left > 0) {
                Thread.sleep(Math.min(1000, left));
                connect();
                idle(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } finally {
            bell.interrupt();
        }
    }

    private static List<Long> search(IMAPFolder folder, String criteria) throws MessagingException {
        List<Long> uids = new ArrayList<>();
        for (Response response : command(folder, "UID SEARCH " + criteria))
            if (response instanceof IMAPResponse untagged && untagged.keyEquals("SEARCH"))
                for (long uid = untagged.readLong(); uid != -1; uid = untagged.readLong()) uids.add(uid);
        return uids;
    }

    private static Response[] command(IMAPFolder folder, String line) throws MessagingException {
        return (Response[]) folder.doCommand(protocol -> {
            Response[] responses = protocol.command(line, null);
            Response last = responses[responses.length - 1];
            protocol.notifyResponseHandlers(responses);
            protocol.handleResult(last);
            return responses;
        });
    }
}
