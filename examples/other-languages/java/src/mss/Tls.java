package mss;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Le profil TLS : les seules autorités données, le nom, la gamme, la révocation de toute la chaîne, avant la moindre commande. */
final class Tls {
    /** TLS 1.2 : les suites de la liste (ECO.1.1.3) et rien d'autre ; celles de TLS 1.3 restent à côté. */
    private static final String[] SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
    /** Gamme d'IGC-Santé admise pour un opérateur (ECO.1.1.10). */
    private static final String RANGE = "ELEMENTAIRE ORGANISATIONS";

    private final KeyStore authorities;
    private final Path lists;
    private final SSLContext context;

    /** `p12` est le certificat client d'une boîte applicative, ou null. */
    Tls(Path ca, Path lists, Path p12, String passphrase) throws Exception {
        this.lists = Files.createDirectories(lists);
        authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in))
                authorities.setCertificateEntry(((X509Certificate) certificate).getSerialNumber().toString(), certificate);
        }
        context = SSLContext.getInstance("TLS");
        context.init(clientKeys(p12, passphrase), new TrustManager[] {new Judge()}, null);
    }

    private static KeyManager[] clientKeys(Path p12, String passphrase) throws Exception {
        if (p12 == null) return new KeyManager[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(p12)) {
            store.load(in, passphrase.toCharArray());
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, passphrase.toCharArray());
        return keys.getKeyManagers();
    }

    /** La fabrique que STARTTLS utilise : versions, suites et contrôle du nom sont posés ici, quoi que dise la configuration. */
    SSLSocketFactory factory() {
        SSLSocketFactory inner = context.getSocketFactory();
        return new SSLSocketFactory() {
            @Override
            public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
                SSLSocket secured = (SSLSocket) inner.createSocket(socket, host, port, autoClose);
                SSLParameters parameters = secured.getSSLParameters();
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                parameters.setCipherSuites(SUITES);
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secured.setSSLParameters(parameters);
                return secured;
            }

            @Override
            public Socket createSocket() {
                throw new UnsupportedOperationException("STARTTLS seulement");
            }

            @Override
            public Socket createSocket(String host, int port) {
                return createSocket();
            }

            @Override
            public Socket createSocket(String host, int port, InetAddress local, int localPort) {
                return createSocket();
            }

            @Override
            public Socket createSocket(InetAddress host, int port) {
                return createSocket();
            }

            @Override
            public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
                return createSocket();
            }

            @Override
            public String[] getDefaultCipherSuites() {
                return SUITES.clone();
            }

            @Override
            public String[] getSupportedCipherSuites() {
                return SUITES.clone();
            }
        };
    }

    /** Juge la chaîne du serveur pendant la poignée de main : rien n'est dit à un serveur refusé. */
    private final class Judge extends X509ExtendedTrustManager {
        private X509ExtendedTrustManager manager(X509Certificate[] chain) throws CertificateException {
            if (!chain[0].getIssuerX500Principal().getName().toUpperCase().contains(RANGE))
                throw new CertificateException("ECO.1.1.10 : le certificat n'est pas de la gamme Élémentaire Organisations");
            try {
                PKIXBuilderParameters parameters = new PKIXBuilderParameters(authorities, new X509CertSelector());
                // Sans liste pour un certificat de la chaîne, PKIX refuse (ECO.1.1.6) ; une liste périmée ne compte pas.
                parameters.setRevocationEnabled(true);
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(listsOf(chain))));
                TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
                factory.init(new CertPathTrustManagerParameters(parameters));
                return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
            } catch (CertificateException error) {
                throw error;
            } catch (Exception error) {
                throw new CertificateException(error);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            manager(chain).checkServerTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            manager(chain).checkServerTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("un certificat se juge avec le nom de son serveur");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
            throw new CertificateException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
            throw new CertificateException();
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private List<CRL> listsOf(X509Certificate[] chain) throws Exception {
        List<CRL> found = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) continue;
            for (String url : distributionPoints(certificate)) found.add(list(url));
        }
        return found;
    }

    /** La liste demandée, sinon la dernière gardée tant que PKIX la trouve valable (ECO.1.1.7). */
    private CRL list(String url) throws Exception {
        Path kept = lists.resolve(url.replaceAll("[^A-Za-z0-9]", "_") + ".crl");
        byte[] bytes;
        try (InputStream in = connect(url)) {
            bytes = in.readNBytes(20_000_000);
            Files.write(kept, bytes);
        } catch (IOException error) {
            if (!Files.exists(kept)) throw new CertificateException("ECO.1.1.6 : liste de révocation introuvable, et aucune gardée");
            bytes = Files.readAllBytes(kept);
        }
        return CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(bytes));
    }

    private static InputStream connect(String url) throws IOException {
        var connection = URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(10_000);
        connection.setReadTimeout(30_000);
        return connection.getInputStream();
    }

    /** Les adresses HTTP de l'extension cRLDistributionPoints : des chaînes IA5 d'étiquette 0x86. */
    private static List<String> distributionPoints(X509Certificate certificate) {
        List<String> urls = new ArrayList<>();
        byte[] value = certificate.getExtensionValue("2.5.29.31");
        for (int at = 0; value != null && at + 2 < value.length; at++) {
            int length = value[at + 1] & 0xff;
            if ((value[at] & 0xff) != 0x86 || length > 127 || at + 2 + length > value.length) continue;
            String url = new String(value, at + 2, length, StandardCharsets.US_ASCII);
            if (url.startsWith("http://")) urls.add(url);
        }
        return urls;
    }
}
