package gpuanalytics.producer.receive.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventTopic;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What an item looks like by the names in it.
 *
 * @param likely the kind of event more of whose own names it has; a usage where it has as many
 * @param type the type that it names, where it is a CloudEvent
 */
record Shape(EventTopic likely, @Nullable String type) {

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(EventCodec.MAX_NESTING)
                                    .build())
                    .build();

    /** Looks at an item; one that is not JSON looks like what it was until there. */
    static Shape of(byte[] item) {
        var looking = new Looking();
        try (var json = JSON.createParser(item)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                looking.read(json, false);
            }
        } catch (IOException ignored) {
            // the codec says what is wrong with it
        }
        var likely =
                looking.samples > looking.usages ? EventTopic.GPU_METRICS : EventTopic.TOKEN_USAGE;
        return new Shape(likely, looking.isEnvelope ? looking.type : null);
    }

    private static final class Looking {

        private int samples;
        private int usages;
        private boolean isEnvelope;
        private @Nullable String type;

        void read(JsonParser json, boolean inData) throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                var token = json.nextToken();
                count(name);
                switch (name) {
                    case "specversion" -> isEnvelope = true;
                    case "type" -> {
                        if (!inData && token == JsonToken.VALUE_STRING) {
                            type = json.getText();
                        }
                    }
                    case "data" -> {
                        if (token == JsonToken.START_OBJECT) {
                            read(json, true);
                        }
                    }
                    default -> {}
                }
                json.skipChildren();
            }
        }

        private void count(String name) {
            boolean ofSample = EventTopic.GPU_METRICS.fields().find(name) != null;
            boolean ofUsage = EventTopic.TOKEN_USAGE.fields().find(name) != null;
            if (ofSample && !ofUsage) {
                samples++;
            } else if (ofUsage && !ofSample) {
                usages++;
            }
        }
    }
}
