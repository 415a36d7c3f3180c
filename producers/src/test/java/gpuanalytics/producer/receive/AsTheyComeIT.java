package gpuanalytics.producer.receive;

import static gpuanalytics.producer.receive.DoorFixture.LETTERS;
import static gpuanalytics.producer.receive.DoorFixture.USAGES;
import static gpuanalytics.producer.receive.DoorFixture.read;
import static gpuanalytics.producer.receive.DoorFixture.text;
import static gpuanalytics.producer.receive.DoorFixture.texts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedBroker;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers, gateways and meters send, as it comes, at the door for HTTP. */
@Timeout(300)
class AsTheyComeIT {

    private static final String PATH = "/v1/events";
    private static final Pattern TS = Pattern.compile("\"ts\":\"([^\"]+)\"");

    private static EmbeddedBroker broker;
    private static DoorFixture doors;

    @BeforeAll
    static void start() throws Exception {
        broker = DoorFixture.withTopics(EmbeddedBroker.start());
        doors = new DoorFixture(broker.bootstrapServers(), Map.of()).awaitReady();
    }

    @AfterAll
    static void stop() {
        doors.close();
        broker.close();
    }

    /** A body with MODEL, ID, NOW and SECONDS in it, and what becomes of it. */
    enum Body {
        ANTHROPIC_MESSAGE(
                """
                {"id":"msg_ID","type":"message","role":"assistant","model":"MODEL",
                 "content":[{"type":"text","text":"It is 15 degrees."},
                  {"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"location":"Paris"}}],
                 "stop_reason":"tool_use","stop_sequence":null,
                 "usage":{"input_tokens":12,"cache_creation_input_tokens":20,"cache_read_input_tokens":100,
                  "cache_creation":{"ephemeral_5m_input_tokens":20,"ephemeral_1h_input_tokens":0},
                  "output_tokens":6,"service_tier":"standard"}}
                """,
                "\"request_id\":\"msg_ID\",\"model\":\"MODEL\",\"prompt_tokens\":132,\"completion_tokens\":6,"
                    + "\"cached_prompt_tokens\":100,\"cache_write_tokens\":20,\"status\":\"tool_use\""),
        OPENAI_CHAT(
                """
                {"id":"chatcmpl-ID","object":"chat.completion","created":SECONDS,"model":"MODEL",
                 "choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null,"annotations":[]},
                  "logprobs":null,"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,
                  "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},
                  "completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0,
                   "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},
                 "service_tier":"default","system_fingerprint":null}
                """,
                "\"request_id\":\"chatcmpl-ID\",\"model\":\"MODEL\",\"prompt_tokens\":19,\"completion_tokens\":10,"
                    + "\"cached_prompt_tokens\":4,\"reasoning_tokens\":2"),
        OPENAI_EMBEDDINGS(
                """
                {"object":"list","data":[{"object":"embedding","embedding":[0.0023064255,-0.009327292],"index":0}],
                 "model":"MODEL","usage":{"prompt_tokens":8,"total_tokens":8}}
                """,
                "\"model\":\"MODEL\",\"prompt_tokens\":8}"),
        OPENAI_RESPONSES(
                """
                {"id":"resp_ID","object":"response","created_at":SECONDS,"status":"completed","error":null,
                 "incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"MODEL",
                 "output":[{"type":"message","id":"msg_1","status":"completed","role":"assistant",
                  "content":[{"type":"output_text","text":"Hello","annotations":[]}]}],
                 "parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},
                 "store":true,"temperature":1.0,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],
                 "top_p":1.0,"truncation":"disabled",
                 "usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":16},"output_tokens":87,
                  "output_tokens_details":{"reasoning_tokens":64},"total_tokens":123},
                 "user":null,"metadata":{}}
                """,
                "\"request_id\":\"resp_ID\",\"model\":\"MODEL\",\"prompt_tokens\":36,\"completion_tokens\":87,"
                    + "\"cached_prompt_tokens\":16,\"reasoning_tokens\":64,\"status\":\"completed\""),
        GEMINI(
                """
                {"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"finishReason":"STOP","index":0}],
                 "usageMetadata":{"promptTokenCount":50,"candidatesTokenCount":5,"totalTokenCount":95,
                  "thoughtsTokenCount":40,"promptTokensDetails":[{"modality":"TEXT","tokenCount":50}]},
                 "modelVersion":"MODEL","responseId":"gem-ID"}
                """,
                "\"request_id\":\"gem-ID\",\"model\":\"MODEL\",\"response_model\":\"MODEL\",\"prompt_tokens\":50,"
                    + "\"completion_tokens\":45,\"reasoning_tokens\":40"),
        USAGE_BESIDE_ITS_MODEL(
                """
                {"model":"MODEL","user":"ann","usage":{"completion_tokens":3,"prompt_tokens":9,"total_tokens":12,
                 "completion_tokens_details":null,"prompt_tokens_details":null}}
                """,
                "\"model\":\"MODEL\",\"prompt_tokens\":9,\"completion_tokens\":3,\"user\":\"ann\"}"),
        OPENMETER_INPUT(
                """
                {"specversion":"1.0","type":"prompt","id":"ID","time":"NOW","source":"chat-app","subject":"customer-1",
                 "data":{"tokens":"1234","model":"MODEL","type":"input"}}
                """,
                "\"event_id\":\"chat-app"
                    + " ID\",\"model\":\"MODEL\",\"prompt_tokens\":1234,\"user\":\"customer-1\"}"),
        OPENMETER_OUTPUT(
                """
                {"specversion":"1.0","type":"prompt","id":"ID","time":"NOW","source":"chat-app","subject":"customer-1",
                 "data":{"tokens":77,"model":"MODEL","type":"output"}}
                """,
                "\"event_id\":\"chat-app"
                    + " ID\",\"model\":\"MODEL\",\"completion_tokens\":77,\"user\":\"customer-1\"}"),
        LITELLM(
                """
                {"id":"chatcmpl-ID","trace_id":"t-1","call_type":"acompletion","cache_hit":null,"stream":false,
                 "status":"success","custom_llm_provider":"openai","saved_cache_cost":0.0,
                 "startTime":SECONDS.25,"endTime":SECONDS.75,"completionStartTime":SECONDS.5,"response_time":0.5,
                 "model":"MODEL","metadata":{"user_api_key_hash":"h","user_api_key_team_id":"red",
                  "user_api_key_user_id":"ann","spend_logs_metadata":null},
                 "response_cost":0.00035,"total_tokens":30,"prompt_tokens":10,"completion_tokens":20,
                 "request_tags":[],"end_user":"","api_base":"https://api.openai.com","messages":[{"role":"user","content":"Hi"}],
                 "response":{"id":"chatcmpl-ID","created":SECONDS,"model":"MODEL","object":"chat.completion",
                  "choices":[{"finish_reason":"stop","index":0,"message":{"content":"Hello","role":"assistant"}}],
                  "usage":{"completion_tokens":20,"prompt_tokens":10,"total_tokens":30}},
                 "error_str":null,"model_parameters":{"temperature":0.2},"hidden_params":{"model_id":null}}
                """,
                "\"request_id\":\"chatcmpl-ID\",\"provider\":\"openai\",\"operation\":\"acompletion\",\"model\":\"MODEL\",\"response_model\":\"MODEL\","
                    + "\"prompt_tokens\":10,\"completion_tokens\":20,\"team\":\"red\",\"user\":\"ann\"");

        private final String json;
        private final String event;

        Body(String json, String event) {
            this.json = json.strip().replace("\n", "");
            this.event = event;
        }

        private String id(String form) {
            return form + "-" + name().toLowerCase(Locale.ROOT);
        }

        private String model(String form) {
            return "as-it-comes-" + id(form);
        }

        String json(String form) {
            return json.replace("MODEL", model(form))
                    .replace("ID", id(form))
                    .replace("NOW", Instant.now().toString())
                    .replace("SECONDS", Long.toString(Instant.now().getEpochSecond()));
        }

        /** Requires the one usage that it is, of about now. */
        void requireTold(String form, Instant since) {
            var told = texts(broker.bootstrapServers(), USAGES, '"' + model(form) + '"');
            assertEquals(1, told.size(), name());
            var expected = event.replace("MODEL", model(form)).replace("ID", id(form));
            assertTrue(told.getFirst().contains(expected), told.getFirst() + "\n" + expected);
            var time = time(told.getFirst());
            assertFalse(time.isBefore(since.minusSeconds(2)), told.getFirst());
            assertFalse(time.isAfter(Instant.now().plusSeconds(2)), told.getFirst());
        }
    }

    private static Instant time(String event) {
        var ts = TS.matcher(event);
        assertTrue(ts.find(), event);
        return Instant.parse(ts.group(1));
    }

    @ParameterizedTest
    @EnumSource
    void eachIsAUsageAsItComes(Body body) throws Exception {
        var since = Instant.now();

        var answer = doors.post(PATH, body.json("one"), "content-type", "application/json");

        assertEquals(200, answer.statusCode(), text(answer));
        body.requireTold("one", since);
    }

    @ParameterizedTest
    @CsvSource({"array, application/json", "lines, application/x-ndjson"})
    void severalAreUsagesTogether(String form, String type) throws Exception {
        var since = Instant.now();
        var bodies = Arrays.stream(Body.values()).map(body -> body.json(form)).toList();
        var all =
                form.equals("array")
                        ? "[%s]".formatted(String.join(",", bodies))
                        : String.join("\n", bodies);

        var answer = doors.post(PATH, all, "content-type", type);

        assertEquals(200, answer.statusCode(), text(answer));
        for (var body : Body.values()) {
            body.requireTold(form, since);
        }
    }

    /** Its identity is the request's: the processor takes both for statements about one. */
    @Test
    void anAnswerThatIsSentAgainIsTheSameRequest() throws Exception {
        var body = Body.ANTHROPIC_MESSAGE.json("again");

        for (int i = 0; i < 2; i++) {
            assertEquals(200, doors.post(PATH, body).statusCode());
        }

        var keys =
                read(broker.bootstrapServers(), USAGES).stream()
                        .filter(
                                record ->
                                        new String(record.value(), UTF_8)
                                                .contains("msg_again-anthropic_message"))
                        .map(record -> new String(record.key(), UTF_8))
                        .toList();
        assertEquals(
                List.of("r:msg_again-anthropic_message", "r:msg_again-anthropic_message"), keys);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"refused-native\",\"prompt_tokens\":9,\"completion_tokens\":3}",
                "{\"model\":\"refused-logged\",\"usage\":{\"prompt_tokens\":9},\"logged_when\":\"2025-01-01\"}"
            })
    void anEventWithoutATimeIsNoAnswer(String event) throws Exception {
        var answer = doors.post(PATH, event);

        assertEquals(400, answer.statusCode(), text(answer));
        assertTrue(text(answer).contains("ts is missing, it is required"), text(answer));
        assertEquals(1, texts(broker.bootstrapServers(), LETTERS, event).size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}",
                "{\"usage\":{\"input_tokens\":9,\"output_tokens\":3,\"service_tier\":\"standard\"}}"
            })
    void aUsageObjectAloneIsToldWhatItLacks(String usage) throws Exception {
        var answer = doors.post(PATH, "[%s]".formatted(usage));

        assertEquals(400, answer.statusCode(), text(answer));
        assertTrue(
                text(answer)
                        .contains(
                                "model and ts are missing, expected both, or the model beside the"
                                        + " usage object of an answer:"
                                        + " {\\\"model\\\":\\\"…\\\",\\\"usage\\\":{…}}"),
                text(answer));
        assertEquals(1, texts(broker.bootstrapServers(), LETTERS, usage).size());
    }
}
