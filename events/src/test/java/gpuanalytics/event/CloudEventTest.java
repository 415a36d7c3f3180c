package gpuanalytics.event;

import static gpuanalytics.event.Samples.LIMITS;
import static gpuanalytics.event.Samples.json;
import static gpuanalytics.event.Samples.rejected;
import static gpuanalytics.event.Samples.smallest;
import static gpuanalytics.event.Samples.smallestWith;
import static gpuanalytics.event.Samples.smallestWithout;
import static gpuanalytics.event.Samples.valid;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.Decoded.Rejected;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloudEventTest {

    private static final EventTopic TOPIC = EventTopic.TOKEN_USAGE;

    private final EventCodec codec = new EventCodec(LIMITS);

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void readsBinaryMode(EventTopic topic) {
        var bare = valid(topic, smallest(topic));

        var event = valid(binary(topic, attributes(), json(smallest(topic))));

        assertEquals(bare.toBuilder().set(topic.eventId(), "/gateway 1").build(), event);
        assertEquals("e:/gateway 1", EventId.of(event));
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void readsStructuredMode(EventTopic topic) {
        var bare = valid(topic, smallest(topic));
        var expected = bare.toBuilder().set(topic.eventId(), "/gateway 1").build();
        var envelope = envelope("data", json(smallest(topic)));

        assertEquals(expected, valid(structured(topic, json(envelope))));
        // told by its members alone
        assertEquals(expected, valid(topic, json(envelope)));
    }

    @Test
    void readsDataInBase64() {
        var data = Base64.getEncoder().encodeToString(json(smallest(TOPIC)).getBytes(UTF_8));

        var event = valid(TOPIC, json(envelope("data_base64", '"' + data + '"')));

        assertEquals("llama", event.get(TokenUsage.MODEL));
    }

    @Test
    void takesItsTimeForAnEventWithoutOne() {
        var without = json(smallestWithout(TOPIC, "ts"));
        var attributes = attributes();
        attributes.put("ce_time", "2026-01-31T11:00:00Z");
        var envelope = envelope("data", without);
        envelope.put("time", "\"2026-01-31T11:00:00Z\"");

        var expected = Instant.parse("2026-01-31T11:00:00Z");
        assertEquals(expected, valid(binary(TOPIC, attributes, without)).ts());
        assertEquals(expected, valid(TOPIC, json(envelope)).ts());
        assertEquals(Samples.NOW, valid(binary(TOPIC, attributes, json(smallest(TOPIC)))).ts());
        assertEquals(
                new Rejected(RejectReason.MISSING_FIELD, "ts is missing, it is required"),
                rejected(binary(TOPIC, attributes(), without)));
    }

    @Test
    void leavesAnEventItsOwnIdentity() {
        var own = json(smallestWith(TOPIC, "event_id", "\"mine\""));

        assertEquals("mine", valid(binary(TOPIC, attributes(), own)).get(TokenUsage.EVENT_ID));
    }

    @Test
    void givesARequestTheIdentityOfItsCloudEvent() {
        var request = json(smallestWith(TOPIC, "request_id", "\"r\""));

        assertEquals("e:/gateway 1", EventId.of(valid(binary(TOPIC, attributes(), request))));
    }

    @Test
    void ignoresExtensionsEvenWhereTheyAreNamedLikeFields() {
        var envelope = envelope("data", json(smallest(TOPIC)));
        envelope.put("partitionkey", "\"elsewhere\"");
        envelope.put("model", "7");
        envelope.put("host", "\"envelope\"");

        var event = valid(TOPIC, json(envelope));

        assertEquals("llama", event.get(TokenUsage.MODEL));
        assertEquals(null, event.get(TokenUsage.HOST));
        assertEquals("e:/gateway 1", EventKey.of(event));
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "type"})
    void refusesMissingAttributes(String name) {
        var attributes = attributes();
        attributes.remove("ce_" + name);
        var envelope = envelope("data", json(smallest(TOPIC)));
        envelope.put(name, "\"\"");
        var expected =
                new Rejected(
                        RejectReason.MISSING_FIELD,
                        "CloudEvent %s is missing, it is required".formatted(name));

        assertEquals(expected, rejected(binary(TOPIC, attributes, json(smallest(TOPIC)))));
        assertEquals(expected, rejected(TOPIC, json(envelope)));
    }

    @Test
    void refusesWhatItCannotRead() {
        assertRefused(
                "ce_specversion",
                "0.3",
                "OUT_OF_RANGE",
                "CloudEvent specversion is 0.3, expected 1.0");
        assertRefused(
                "ce_source",
                "a b",
                "OUT_OF_RANGE",
                "CloudEvent source is a b, expected a URI reference");
        assertRefused(
                "ce_id",
                "x".repeat(510),
                "OUT_OF_RANGE",
                "CloudEvent source and id is 519 characters, expected 1 to 512");
        assertRefused(
                "ce_time",
                "today",
                "WRONG_TYPE",
                "CloudEvent time is today, expected an ISO 8601 time with a zone such as"
                        + " 2026-01-31T12:00:00Z");
        assertRefused(
                "content-type",
                "application/avro",
                "WRONG_TYPE",
                "content-type is application/avro, expected application/json");
        assertRefused(
                "content-type",
                "application/cloudevents-batch+json",
                "WRONG_TYPE",
                "content-type is application/cloudevents-batch+json, expected"
                        + " application/cloudevents+json");
    }

    @Test
    void refusesHeadersThatAreNotUtf8() {
        var decoded =
                codec.decode(
                        TOPIC,
                        json(smallest(TOPIC)).getBytes(UTF_8),
                        name -> name.equals("ce_specversion") ? new byte[] {(byte) 0xff} : null,
                        Samples.NOW);

        assertEquals(
                new Rejected(
                        RejectReason.WRONG_TYPE,
                        "header ce_specversion is not UTF-8, expected text"),
                rejected(decoded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"{}\"", "[]", "7"})
    void refusesDataThatIsNoObject(String data) {
        assertEquals(
                new Rejected(
                        RejectReason.MISSING_FIELD,
                        "CloudEvent data is missing or not an object, it must be the event"),
                rejected(TOPIC, json(envelope("data", data))));
    }

    @Test
    void refusesBadBase64() {
        assertEquals(
                new Rejected(
                        RejectReason.WRONG_TYPE, "CloudEvent data_base64 is ***, expected Base64"),
                rejected(TOPIC, json(envelope("data_base64", "\"***\""))));
    }

    @Test
    void refusesAnEnvelopeThatTheHeadersPromise() {
        assertEquals(
                RejectReason.MISSING_FIELD,
                rejected(structured(TOPIC, json(smallest(TOPIC)))).reason());
    }

    @Test
    void readsABareEventOfTypeJson() {
        var headers = Map.of("content-type", "application/json; charset=utf-8");

        valid(decode(TOPIC, headers, json(smallest(TOPIC))));
    }

    private void assertRefused(String header, String value, String reason, String detail) {
        var attributes = attributes();
        attributes.put(header, value);

        assertEquals(
                new Rejected(RejectReason.valueOf(reason), detail),
                rejected(binary(TOPIC, attributes, json(smallest(TOPIC)))));
    }

    private static Map<String, String> attributes() {
        var headers = new LinkedHashMap<String, String>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", "1");
        headers.put("ce_source", "/gateway");
        headers.put("ce_type", "usage");
        return headers;
    }

    private static Map<String, String> envelope(String member, String data) {
        var members = new LinkedHashMap<String, String>();
        members.put(member, data);
        members.put("specversion", "\"1.0\"");
        members.put("id", "\"1\"");
        members.put("source", "\"/gateway\"");
        members.put("type", "\"usage\"");
        return members;
    }

    private Decoded binary(EventTopic topic, Map<String, String> headers, String json) {
        return decode(topic, headers, json);
    }

    private Decoded structured(EventTopic topic, String json) {
        return decode(
                topic, Map.of("content-type", "Application/CloudEvents+JSON; charset=UTF-8"), json);
    }

    private Decoded decode(EventTopic topic, Map<String, String> headers, String json) {
        return codec.decode(
                topic,
                json.getBytes(UTF_8),
                name -> headers.containsKey(name) ? headers.get(name).getBytes(UTF_8) : null,
                Samples.NOW);
    }
}
