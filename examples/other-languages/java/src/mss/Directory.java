package mss;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Annuaire Santé (FHIR R4) : trouver l'adresse d'un correspondant (ECO.3.1.4, SC.MSS/UX.41). */
final class Directory {
    private static final String MSS = "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type";
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    private final String base;
    private final String key;

    Directory(String base, String key) {
        this.base = base.replaceAll("/$", "");
        this.key = key;
    }

    List<String> search(JsonObject wanted) throws Exception {
        Map<String, String> query = new LinkedHashMap<>(Map.of("_count", "50"));
        copy(wanted, "rpps", query, "identifier");
        copy(wanted, "name", query, "name");
        copy(wanted, "family", query, "family");
        copy(wanted, "given", query, "given");
        copy(wanted, "profession", query, "qualification-code");
        copy(wanted, "specialty", query, "qualification-code");
        JsonObject people = get("Practitioner", query);
        Set<String> found = new LinkedHashSet<>(addresses(people));
        for (JsonObject person : resources(people)) {
            if (!"Practitioner".equals(Letters.text(person, "resourceType", ""))) continue;
            found.addAll(addresses(get("PractitionerRole", Map.of("practitioner", "Practitioner/" + person.get("id").getAsString()))));
        }
        if (wanted.has("city")) found.addAll(addresses(get("Organization", Map.of("address-city", wanted.get("city").getAsString()))));
        return new ArrayList<>(found);
    }

    private static void copy(JsonObject from, String name, Map<String, String> to, String parameter) {
        if (from.has(name)) to.put(parameter, from.get(name).getAsString());
    }

    private JsonObject get(String resource, Map<String, String> query) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/" + resource + "?" + Tokens.form(query)))
            .header("Accept", "application/fhir+json").header("ESANTE-API-KEY", key).timeout(Duration.ofSeconds(30)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) throw new Refused("annuaire : " + response.statusCode());
        return JsonParser.parseString(response.body()).getAsJsonObject();
    }

    private static List<JsonObject> resources(JsonObject bundle) {
        List<JsonObject> found = new ArrayList<>();
        for (JsonElement entry : list(bundle, "entry")) found.add(entry.getAsJsonObject().getAsJsonObject("resource"));
        return found;
    }

    /** Un courriel ordinaire de l'annuaire n'est pas une boîte MSSanté : l'extension le dit. */
    private static List<String> addresses(JsonObject bundle) {
        List<String> found = new ArrayList<>();
        for (JsonObject resource : resources(bundle))
            for (JsonElement contact : list(resource, "telecom")) {
                boolean mss = false;
                for (JsonElement extension : list(contact.getAsJsonObject(), "extension")) {
                    JsonObject each = extension.getAsJsonObject();
                    mss |= MSS.equals(Letters.text(each, "url", "")) && each.has("valueCoding")
                        && "MSSANTE".equals(Letters.text(each.getAsJsonObject("valueCoding"), "code", ""));
                }
                if (mss) found.add(contact.getAsJsonObject().get("value").getAsString());
            }
        return found;
    }

    private static JsonArray list(JsonObject from, String name) {
        return from.has(name) ? from.getAsJsonArray(name) : new JsonArray();
    }
}
