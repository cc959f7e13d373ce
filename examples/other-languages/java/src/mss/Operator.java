package mss;

import com.google.gson.JsonObject;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import com.sun.mail.imap.IMAPStore;
import com.sun.mail.smtp.SMTPTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.ArrayList;
import java.util.Properties;
import javax.naming.Context;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import javax.net.SocketFactory;

/** Où est l'opérateur d'une boîte, et comment on s'y présente : STARTTLS, certificat jugé, puis authentification. */
final class Operator {
    private final JsonObject ready;
    private final JsonObject auth;
    private final Tls tls;
    private final Tokens tokens;
    final Box box;

    /** Ce que chaque courriel dit de la boîte (ECO.2.2.7, ECO.2.4.3). */
    record Box(String address, String label, String nil, String software) {
        String domain() {
            return address.substring(address.indexOf('@') + 1);
        }
    }

    record Place(InetAddress address, String host, int port) {}

    Operator(JsonObject ready, JsonObject auth, Box box, Tls tls, Tokens tokens) {
        this.ready = ready;
        this.auth = auth;
        this.box = box;
        this.tls = tls;
        this.tokens = tokens;
    }

    void forgetTokens() {
        tokens.forget();
    }

    SMTPTransport smtp() throws Exception {
        Properties properties = properties("smtp", place("submission", "smtp"));
        // Sans étape SASL pour un certificat : la poignée de main a déjà dit qui l'on est.
        properties.setProperty("mail.smtp.auth", String.valueOf(byToken()));
        return (SMTPTransport) connected(properties, "smtp");
    }

    IMAPStore imap() throws Exception {
        Properties properties = properties("imap", place("imap", "imap"));
        if (!byToken()) {
            properties.setProperty("mail.imap.sasl.enable", "true");
            properties.setProperty("mail.imap.sasl.mechanisms", "EXTERNAL");
        }
        return (IMAPStore) connected(properties, "imap");
    }

    private boolean byToken() {
        return auth.get("method").getAsString().equals("xoauth2");
    }

    /** Un jeton refusé est redemandé une seule fois (RFC 7628). */
    private jakarta.mail.Service connected(Properties properties, String protocol) throws Exception {
        for (boolean fresh = false;; fresh = true) {
            Session session = Session.getInstance(properties);
            jakarta.mail.Service service = protocol.equals("smtp") ? session.getTransport("smtp") : session.getStore("imap");
            try {
                // Un certificat n'a pas de mot de passe : en donner un, même vide, ferait tenter AUTH en SMTP.
                if (byToken()) service.connect(box.address(), tokens.get(fresh));
                else if (protocol.equals("smtp")) service.connect();
                else service.connect(box.address(), "");
                return service;
            } catch (AuthenticationFailedException error) {
                if (fresh || !byToken()) throw error;
            }
        }
    }

    private Properties properties(String protocol, Place place) throws IOException {
        Properties properties = new Properties();
        String prefix = "mail." + protocol + ".";
        properties.setProperty(prefix + "host", place.host());
        properties.setProperty(prefix + "port", String.valueOf(place.port()));
        properties.setProperty(prefix + "starttls.enable", "true");
        properties.setProperty(prefix + "starttls.required", "true");
        properties.put(prefix + "ssl.socketFactory", tls.factory());
        properties.setProperty(prefix + "ssl.protocols", "TLSv1.3 TLSv1.2");
        properties.put(prefix + "socketFactory", new Towards(place));
        properties.setProperty(prefix + "socketFactory.fallback", "false");
        properties.setProperty(prefix + "auth.mechanisms", "XOAUTH2");
        properties.setProperty(prefix + "connectiontimeout", "30000");
        properties.setProperty(prefix + "timeout", "60000");
        properties.setProperty(prefix + "localhost", "connecteur.local");
        properties.setProperty("mail.mime.encodeparameters", "true");
        return properties;
    }

    /** Les enregistrements SRV du domaine de la boîte disent le nom et le port (ECO.1.1.9), le DNS l'adresse. */
    private Place place(String service, String known) throws Exception {
        JsonObject fallback = ready.getAsJsonObject(known);
        if (!ready.has("dns")) {
            String host = fallback.get("host").getAsString();
            return new Place(InetAddress.getByName(host), host, fallback.get("port").getAsInt());
        }
        JsonObject dns = ready.getAsJsonObject("dns");
        String server = "dns://" + dns.get("host").getAsString() + ":" + dns.get("port").getAsInt();
        List<String[]> targets = records(server, "_" + service + "._tcp." + box.domain(), "SRV");
        targets.sort(Comparator.comparingInt(each -> Integer.parseInt(each[0])));
        if (targets.isEmpty()) {
            String host = fallback.get("host").getAsString();
            return new Place(InetAddress.getByName(host), host, fallback.get("port").getAsInt());
        }
        for (String[] target : targets) {
            String host = target[3].replaceAll("\\.$", "");
            if (host.isEmpty()) throw new Refused("RFC 6186 : l'opérateur n'offre pas ce service");
            List<String[]> addresses = records(server, host, "A");
            if (addresses.isEmpty()) continue;
            byte[] ip = InetAddress.getByName(addresses.get(0)[0]).getAddress();
            Place place = new Place(InetAddress.getByAddress(host, ip), host, Integer.parseInt(target[2]));
            // Celui qui ne répond pas laisse la place au suivant (RFC 2782).
            if (targets.size() == 1 || answers(place)) return place;
        }
        throw new UnknownHostException(box.domain());
    }

    private static boolean answers(Place place) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.address(), place.port()), 30_000);
            return true;
        } catch (IOException error) {
            return false;
        }
    }

    private static List<String[]> records(String server, String name, String type) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
        environment.put(Context.PROVIDER_URL, server);
        List<String[]> found = new ArrayList<>();
        InitialDirContext context = new InitialDirContext(environment);
        try {
            Attribute attribute = context.getAttributes(name, new String[] {type}).get(type);
            for (int index = 0; attribute != null && index < attribute.size(); index++)
                found.add(attribute.get(index).toString().split("\\s+"));
        } catch (javax.naming.NameNotFoundException error) {
            return found;
        } finally {
            context.close();
        }
        return found;
    }

    /** Le nom vérifié par TLS est celui de l'enregistrement SRV ; l'adresse jointe est celle que ce DNS en donne. */
    private static final class Towards extends SocketFactory {
        private final Place place;

        Towards(Place place) {
            this.place = place;
        }

        @Override
        public Socket createSocket() {
            return new Socket() {
                @Override
                public void connect(SocketAddress endpoint, int timeout) throws IOException {
                    super.connect(new InetSocketAddress(place.address(), place.port()), timeout);
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return new Socket(place.address(), place.port());
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return createSocket("", port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return createSocket("", port);
        }
    }

    /** QUIT ou LOGOUT ; une connexion déjà perdue n'est plus une erreur. */
    static void leave(jakarta.mail.Service service) {
        try {
            service.close();
        } catch (MessagingException error) {
            // déjà perdue
        }
    }
}
