package mss;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Jetons Pro Santé Connect : code d'autorisation avec PKCE, renouvellement. En mémoire seulement (ECO.1.2.5). */
final class Tokens {
    /** Ouvre le navigateur du professionnel ; le bouchon laisse passer sans écran. */
    interface Browser {
        void open(String url) throws Exception;
    }

    private final HttpClient http = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(30)).build();
    private final String given;
    private final String issuer;
    private final String clientId;
    private final String clientSecret;
    private JsonObject places;
    private String access = "";
    private String refresh = "";
    private long until;

    /** Le jeton est donné de l'extérieur, par le logiciel qui gère déjà Pro Santé Connect. */
    static Tokens given(String token) {
        return new Tokens(token, "", "", "");
    }

    static Tokens proSanteConnect(String issuer, String clientId, String clientSecret) {
        return new Tokens(null, issuer, clientId, clientSecret);
    }

    private Tokens(String given, String issuer, String clientId, String clientSecret) {
        this.given = given;
        this.issuer = issuer;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
    }

    synchronized String get(boolean fresh) throws Exception {
        if (given != null) return given;
        if (!access.isEmpty() && !fresh && System.nanoTime() < until) return access;
        if (refresh.isEmpty()) login();
        else grant(Map.of("grant_type", "refresh_token", "refresh_token", refresh));
        return access;
    }

    synchronized void forget() {
        access = "";
        refresh = "";
    }

    private JsonObject discover() throws Exception {
        // Le nom du document n'est pas celui de la norme.
        if (places == null) places = JsonParser.parseString(fetch(issuer + "/.well-known/wallet-openid-configuration")).getAsJsonObject();
        return places;
    }

    private String fetch(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private void login() throws Exception {
        String verifier = random(48);
        String state = random(16);
        String challenge = encode(MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
        // Où le navigateur revient : une adresse de cette machine, le temps d'une connexion.
        HttpServer landing = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 1);
        landing.createContext("/retour", exchange -> {
            byte[] page = "Vous pouvez fermer cette page.".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
            answer.complete(query(exchange.getRequestURI().getRawQuery()));
        });
        landing.start();
        try {
            String back = "http://127.0.0.1:" + landing.getAddress().getPort() + "/retour";
            String query = form(Map.of("response_type", "code", "client_id", clientId, "redirect_uri", back, "scope", "openid scope_all",
                "acr_values", "eidas1", "state", state, "nonce", random(16), "code_challenge", challenge, "code_challenge_method", "S256"));
            // Un vrai logiciel : java.awt.Desktop.getDesktop().browse(...)
            Browser browser = this::fetch;
            browser.open(discover().get("authorization_endpoint").getAsString() + "?" + query);
            Map<String, String> said = answer.get(120, TimeUnit.SECONDS);
            if (!state.equals(said.get("state")) || !said.containsKey("code")) throw new Refused("Pro Santé Connect : connexion refusée");
            grant(Map.of("grant_type", "authorization_code", "code", said.get("code"), "redirect_uri", back, "code_verifier", verifier));
        } finally {
            landing.stop(0);
        }
    }

    private void grant(Map<String, String> form) throws Exception {
        String basic = Base64.getEncoder().encodeToString((clientId + ":" + clientSecret).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(discover().get("token_endpoint").getAsString()))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(form(form)))
            .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            // La session de messagerie se ferme, le professionnel doit se reconnecter (ECO.1.2.6).
            forget();
            throw new Refused("Pro Santé Connect : " + response.statusCode());
        }
        JsonObject answer = JsonParser.parseString(response.body()).getAsJsonObject();
        access = answer.get("access_token").getAsString();
        if (answer.has("refresh_token")) refresh = answer.get("refresh_token").getAsString();
        // Renouvelé avant la fin, dont la durée se lit et ne se suppose pas.
        long seconds = answer.has("expires_in") ? answer.get("expires_in").getAsLong() : 60;
        until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Math.max(1, seconds - 20));
    }

    static String form(Map<String, String> values) {
        return values.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> found = new HashMap<>();
        for (String pair : raw.split("&")) {
            int at = pair.indexOf('=');
            if (at > 0) found.put(pair.substring(0, at), URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
        }
        return found;
    }

    private static String random(int bytes) {
        byte[] value = new byte[bytes];
        new SecureRandom().nextBytes(value);
        return encode(value);
    }

    private static String encode(byte[] value) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }
}
