package mss;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Joue les scénarios de `medimail validate` : voir README.md. */
public final class Main {
    private final JsonObject ready;
    private final Path folder;
    private final Map<String, Connector> connectors = new LinkedHashMap<>();

    private Main(JsonObject ready, Path folder) {
        this.ready = ready;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws Exception {
        JsonObject ready = json(Path.of(System.getenv("MEDIMAIL_MOCK")));
        String wanted = System.getenv("MEDIMAIL_SCENARIO");
        Main program = new Main(ready, Files.createTempDirectory("mss-"));
        if (ready.has("scenarios"))
            for (JsonElement each : ready.getAsJsonArray("scenarios")) {
                JsonObject scenario = each.getAsJsonObject();
                String id = scenario.get("id").getAsString();
                if (wanted != null && !wanted.equals(id)) continue;
                List<String> found = new ArrayList<>();
                for (JsonElement step : scenario.getAsJsonArray("steps")) {
                    String action = step.getAsJsonObject().get("action").getAsString();
                    String said;
                    try {
                        said = program.play(action, step.getAsJsonObject().deepCopy(), found);
                    } catch (Exception error) {
                        // Ce que le logiciel refuse, ou qui tombe en panne, est signalé et n'arrête rien (ECO.1.2.3).
                        said = error.getClass().getSimpleName() + ": " + error.getMessage();
                    }
                    System.err.println(id + ": " + action + ": " + said);
                }
            }
        program.connectors.values().forEach(each -> each.mailbox.close());
        System.exit(0);
    }

    private String play(String action, JsonObject step, List<String> found) throws Exception {
        Connector box = connector(Letters.text(step, "mailbox", ""));
        switch (action) {
            case "send" -> {
                found.forEach(step.getAsJsonArray("to")::add);
                return box.send(step, Letters.text(step, "expect", "").equals("waiting") ? 60 : 20);
            }
            case "read" -> {
                return box.read(step).size() + " documents";
            }
            case "reply" -> {
                return box.reply(step);
            }
            case "receipt" -> {
                return box.receipt(step);
            }
            case "delete" -> box.delete(step);
            case "search" -> {
                List<String> results = box.search(step.getAsJsonObject("query"));
                found.clear();
                if (step.has("then") && !results.isEmpty()) found.add(results.get(0));
                return results.size() + " adresses";
            }
            case "connect" -> box.connect();
            case "wait" -> {
                long millis = (long) (step.get("seconds").getAsDouble() * 1000);
                if (step.has("mailbox")) box.mailbox.idle(millis);
                else Thread.sleep(millis);
            }
            case "restart" -> {
                // Ce programme ne s'arrête pas pour de bon : il oublie ce qu'un arrêt oublierait, et le simulateur apprend qu'il est reparti.
                tell("end");
                connectors.values().forEach(Connector::restart);
                tell("start");
            }
            default -> {
                return "pour une personne";
            }
        }
        return "fait";
    }

    /** Dit au bouchon que le logiciel s'arrête (end) ou démarre (start), par son API de pilotage. */
    private void tell(String what) throws Exception {
        if (!ready.has("control")) return;
        JsonObject control = ready.getAsJsonObject("control");
        HttpRequest request = HttpRequest.newBuilder(URI.create(control.get("url").getAsString() + "/client"))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + control.get("token").getAsString())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"what\":\"" + what + "\"}"))
            .build();
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.discarding());
    }

    private Connector connector(String address) throws Exception {
        JsonObject box = null;
        for (JsonElement each : ready.getAsJsonArray("mailboxes")) {
            boolean fits = address.isEmpty() || each.getAsJsonObject().get("address").getAsString().equals(address);
            if (fits && box == null) box = each.getAsJsonObject();
        }
        if (box == null) throw new Refused("boîte inconnue");
        String key = box.get("address").getAsString();
        if (!connectors.containsKey(key)) connectors.put(key, create(key, box.getAsJsonObject("auth")));
        return connectors.get(key);
    }

    private Connector create(String address, JsonObject auth) throws Exception {
        // Le libellé et le NIL sont ceux de la configuration de la boîte (ECO.2.2.7, ECO.2.4.3).
        JsonObject config = json(Path.of(ready.getAsJsonObject("configs").get(address).getAsString()));
        Operator.Box box = new Operator.Box(address, config.getAsJsonObject("sender").get("label").getAsString(),
            config.getAsJsonObject("software").get("nil").getAsString(), "Exemple Java; 1.0");
        boolean certificate = auth.get("method").getAsString().equals("certificate");
        Tls tls = new Tls(Path.of(ready.get("ca").getAsString()), folder.resolve("crl"),
            certificate ? Path.of(auth.get("p12").getAsString()) : null, Letters.text(auth, "passphrase", ""));
        Tokens tokens = certificate ? Tokens.given("")
            : ready.has("psc") ? Tokens.proSanteConnect(ready.getAsJsonObject("psc").get("issuer").getAsString(), "medimail-test", secret())
            : Tokens.given(auth.get("token").getAsString());
        JsonObject place = ready.has("directory") ? ready.getAsJsonObject("directory") : new JsonObject();
        Directory directory = new Directory(Letters.text(place, "url", ""), Letters.text(place, "key", "sans-cle"));
        return new Connector(new Operator(ready, auth, box, tls, tokens), folder.resolve("traces.jsonl"), directory);
    }

    private static String secret() {
        String given = System.getenv("MSS_PSC_SECRET");
        return given == null ? "medimail-test-secret" : given;
    }

    private static JsonObject json(Path path) throws Exception {
        return JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    }
}
