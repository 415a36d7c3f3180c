package gpuanalytics.producer.source.scrape;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads from the API's JSON of pods the few fields that tell a target; skips the rest. */
final class PodJson implements AutoCloseable {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonParser json;

    PodJson(InputStream in) throws IOException {
        json = JSON.createParser(in);
    }

    /**
     * A pod as the API says it now; what it does not say is empty.
     *
     * @param version of the object, by which a watch goes on
     * @param isEnding whether it is being deleted
     */
    record PodState(
            String namespace,
            String name,
            String version,
            String node,
            String phase,
            String address,
            boolean isEnding) {

        String key() {
            return namespace + "/" + name;
        }

        /** Whether it may have metrics. */
        boolean isRunning() {
            return phase.equals("Running") && !address.isEmpty() && !isEnding;
        }
    }

    /**
     * A page of a list.
     *
     * @param version that a watch goes on from
     * @param next the mark of the next page; empty for none
     */
    record Page(List<PodState> pods, String version, String next) {}

    /**
     * What a watch tells.
     *
     * @param type ADDED, MODIFIED, DELETED, BOOKMARK or ERROR
     * @param code of an error, in text
     */
    record Change(String type, PodState pod, String code) {}

    /** Reads a list. */
    Page page() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("the API answers no object");
        }
        var pods = new ArrayList<PodState>();
        var fields = new HashMap<String, String>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = require(json.currentName());
            var value = json.nextToken();
            if (name.equals("items") && value == JsonToken.START_ARRAY) {
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    pods.add(pod(object("")));
                }
            } else {
                collect(name, value, fields);
            }
        }
        return new Page(
                pods,
                fields.getOrDefault("metadata.resourceVersion", ""),
                fields.getOrDefault("metadata.continue", ""));
    }

    /** Reads the next change of a watch; null at its end. */
    @Nullable Change change() throws IOException {
        if (json.nextToken() == null) {
            return null;
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("the API's watch tells no object");
        }
        var fields = object("");
        var type = fields.getOrDefault("type", "");
        var ofObject = new HashMap<String, String>();
        fields.forEach(
                (name, value) -> {
                    if (name.startsWith("object.")) {
                        ofObject.put(name.substring("object.".length()), value);
                    }
                });
        return new Change(type, pod(ofObject), ofObject.getOrDefault("code", ""));
    }

    private static PodState pod(Map<String, String> fields) {
        return new PodState(
                fields.getOrDefault("metadata.namespace", ""),
                fields.getOrDefault("metadata.name", ""),
                fields.getOrDefault("metadata.resourceVersion", ""),
                fields.getOrDefault("spec.nodeName", ""),
                fields.getOrDefault("status.phase", ""),
                fields.getOrDefault("status.podIP", ""),
                fields.containsKey("metadata.deletionTimestamp"));
    }

    /** The texts and numbers of an object by their paths; arrays are skipped. */
    private Map<String, String> object(String prefix) throws IOException {
        var fields = new HashMap<String, String>();
        read(prefix, fields);
        return fields;
    }

    private void read(String prefix, Map<String, String> fields) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = prefix + require(json.currentName());
            collect(name, json.nextToken(), fields);
        }
    }

    private void collect(String name, @Nullable JsonToken value, Map<String, String> fields)
            throws IOException {
        switch (value) {
            case START_OBJECT -> {
                if (isOfInterest(name)) {
                    read(name + ".", fields);
                } else {
                    json.skipChildren();
                }
            }
            case START_ARRAY -> json.skipChildren();
            case VALUE_STRING, VALUE_NUMBER_INT -> fields.put(name, json.getText());
            case null -> throw new IOException("the API's answer ends within an object");
            default -> {}
        }
    }

    private static boolean isOfInterest(String name) {
        return switch (name) {
            case "metadata",
                    "spec",
                    "status",
                    "object",
                    "object.metadata",
                    "object.spec",
                    "object.status" ->
                    true;
            default -> false;
        };
    }

    private static String require(@Nullable String name) throws IOException {
        if (name == null) {
            throw new IOException("the API's answer ends within an object");
        }
        return name;
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
