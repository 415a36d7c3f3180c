package gpuanalytics.producer.receive.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventId;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.RejectReason;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpanUsagesTest {

    private static final String TRACE = "5b8efff798038103d269b633813fc60c";
    private static final String SPAN = "eee19b7ec3c1b174";
    private static final Instant END = Instant.parse("2026-03-01T10:00:00.123456789Z");
    private static final long END_NANOS = END.getEpochSecond() * 1_000_000_000 + END.getNano();

    /** A request of which nothing else is told. */
    private static final Map<String, Object> CHAT =
            Map.of("gen_ai.operation.name", "chat", "gen_ai.request.model", "m");

    private final EventWriter events =
            new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC());

    static KeyValue attribute(String name, Object value) {
        var any = AnyValue.newBuilder();
        switch (value) {
            case String text -> any.setStringValue(text);
            case Long number -> any.setIntValue(number);
            case Integer number -> any.setIntValue(number);
            case Double number -> any.setDoubleValue(number);
            case Boolean flag -> any.setBoolValue(flag);
            case List<?> texts ->
                    any.setArrayValue(
                            ArrayValue.newBuilder()
                                    .addAllValues(
                                            texts.stream()
                                                    .map(
                                                            text ->
                                                                    AnyValue.newBuilder()
                                                                            .setStringValue(
                                                                                    text.toString())
                                                                            .build())
                                                    .toList()));
            default -> throw new IllegalArgumentException(name);
        }
        return KeyValue.newBuilder().setKey(name).setValue(any).build();
    }

    static List<KeyValue> attributes(Map<String, Object> values) {
        return values.entrySet().stream()
                .map(each -> attribute(each.getKey(), each.getValue()))
                .toList();
    }

    private static Span.Builder span(Map<String, Object> attributes) {
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(TRACE)))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(SPAN)))
                .setStartTimeUnixNano(END_NANOS - 1_500_250_000L)
                .setEndTimeUnixNano(END_NANOS)
                .addAllAttributes(attributes(attributes));
    }

    private static Resource resource(Map<String, Object> attributes) {
        return Resource.newBuilder().addAllAttributes(attributes(attributes)).build();
    }

    private static ExportTraceServiceRequest request(
            Map<String, Object> resource, Span.Builder... spans) {
        var scope = ScopeSpans.newBuilder();
        for (var span : spans) {
            scope.addSpans(span);
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder()
                                .setResource(resource(resource))
                                .addScopeSpans(scope))
                .build();
    }

    private Translation translated(Map<String, UsageOrigin> from, ExportTraceServiceRequest request)
            throws BadRequestException {
        var translation = new Translation(100);
        new SpanUsages(events, new UsageOrigins(from)).translate(request, translation);
        return translation;
    }

    private static Event event(Translation translation) {
        assertEquals(1, translation.items().size());
        return assertInstanceOf(Told.Fact.class, translation.items().getFirst()).event();
    }

    /** The usage of the only span of a request. */
    private Event usage(Span.Builder span) throws BadRequestException {
        return event(translated(Map.of(), request(Map.of(), span)));
    }

    private static Map<String, Object> chatWith(String name, Object value) {
        var attributes = new HashMap<>(CHAT);
        attributes.put(name, value);
        return attributes;
    }

    private static Span.Builder failed(Map<String, Object> attributes) {
        return span(attributes)
                .setStatus(Status.newBuilder().setCode(StatusCode.STATUS_CODE_ERROR));
    }

    @Test
    void aSpanOfTheNewConventionIsAUsage() throws BadRequestException {
        var resource =
                Map.<String, Object>of(
                        "service.name", "chat",
                        "k8s.pod.name", "chat-7",
                        "k8s.namespace.name", "prod",
                        "host.name", "node-1");
        var span =
                span(
                        Map.of(
                                "gen_ai.operation.name", "chat",
                                "gen_ai.provider.name", "openai",
                                "gen_ai.request.model", "gpt-x",
                                "gen_ai.response.model", "gpt-x-2026",
                                "gen_ai.usage.input_tokens", 1200,
                                "gen_ai.usage.output_tokens", 34,
                                "gen_ai.usage.cache_read.input_tokens", 1000,
                                "gen_ai.response.time_to_first_chunk", 0.25,
                                "user.id", "u1",
                                "gen_ai.response.id", "resp-1"));

        var usage = event(translated(Map.of(), request(resource, span)));

        assertEquals("e:" + TRACE + "/" + SPAN, EventId.of(usage));
        assertEquals(END, usage.ts());
        assertEquals("gpt-x", usage.get(TokenUsage.MODEL));
        assertEquals("gpt-x-2026", usage.get(TokenUsage.RESPONSE_MODEL));
        assertEquals("openai", usage.get(TokenUsage.PROVIDER));
        assertEquals(1200L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals(34L, usage.get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(1000L, usage.get(TokenUsage.CACHED_PROMPT_TOKENS));
        assertEquals(250.0, usage.get(TokenUsage.TTFT_MS));
        assertEquals(1500.25, usage.get(TokenUsage.LATENCY_MS));
        assertEquals("chat", usage.get(TokenUsage.WORKLOAD));
        assertEquals("chat-7", usage.get(TokenUsage.POD));
        assertEquals("prod", usage.get(TokenUsage.NAMESPACE));
        assertEquals("node-1", usage.get(TokenUsage.HOST));
        assertEquals("u1", usage.get(TokenUsage.USER));
        assertEquals("resp-1", usage.get(TokenUsage.REQUEST_ID));
        assertEquals("ok", usage.get(TokenUsage.STATUS));
    }

    @Test
    void aSpanOfAnOldConventionOrOfVllmIsOneToo() throws BadRequestException {
        var old =
                span(
                        Map.of(
                                "gen_ai.system", "vertex",
                                "gen_ai.response.model", "llama",
                                "gen_ai.usage.prompt_tokens", "17",
                                "gen_ai.usage.completion_tokens", 5.0,
                                "gen_ai.latency.time_to_first_token", 0.5));

        var usage = usage(old);

        assertEquals("llama", usage.get(TokenUsage.MODEL));
        assertEquals("vertex", usage.get(TokenUsage.PROVIDER));
        assertEquals(17L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals(5L, usage.get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(500.0, usage.get(TokenUsage.TTFT_MS));
    }

    @Test
    void aSpanOfOpenLlmetryOrOfOpenInferenceIsOneToo() throws BadRequestException {
        var openLlmetry =
                usage(
                        span(
                                Map.of(
                                        "llm.request.type", "chat",
                                        "gen_ai.request.model", "claude",
                                        "llm.usage.prompt_tokens", 100,
                                        "llm.usage.completion_tokens", 50,
                                        "gen_ai.usage.cache_read_input_tokens", 60,
                                        "gen_ai.usage.cache_creation_input_tokens", 30,
                                        "gen_ai.usage.reasoning_tokens", 20)));
        var openInference =
                usage(
                        span(
                                Map.of(
                                        "openinference.span.kind", "LLM",
                                        "llm.model_name", "claude",
                                        "llm.provider", "anthropic",
                                        "llm.token_count.prompt", 100,
                                        "llm.token_count.completion", 50,
                                        "llm.token_count.prompt_details.cache_read", 60,
                                        "llm.token_count.prompt_details.cache_write", 30,
                                        "llm.token_count.completion_details.reasoning", 20,
                                        "llm.token_count.total", 150)));

        assertEquals("chat", openLlmetry.get(TokenUsage.OPERATION));
        assertEquals("anthropic", openInference.get(TokenUsage.PROVIDER));
        for (var usage : List.of(openLlmetry, openInference)) {
            assertEquals("claude", usage.get(TokenUsage.MODEL));
            assertEquals(100L, usage.get(TokenUsage.PROMPT_TOKENS));
            assertEquals(50L, usage.get(TokenUsage.COMPLETION_TOKENS));
            assertEquals(60L, usage.get(TokenUsage.CACHED_PROMPT_TOKENS));
            assertEquals(30L, usage.get(TokenUsage.CACHE_WRITE_TOKENS));
            assertEquals(20L, usage.get(TokenUsage.REASONING_TOKENS));
        }
    }

    @Test
    void tokensByNamesOfOpenInferenceAloneAreSeen() throws BadRequestException {
        var values = Map.<String, Object>of("llm.model_name", "m", "llm.token_count.prompt", 7);

        assertEquals(7L, usage(span(values)).get(TokenUsage.PROMPT_TOKENS));
        assertEquals(7L, event(translatedLogs(values)).get(TokenUsage.PROMPT_TOKENS));
    }

    /** Of what failed, and of a stream that does not say its tokens. */
    @Test
    void aRequestByNamesOfOthersIsOneWithoutItsTokensToo() throws BadRequestException {
        for (var kind :
                List.of(
                        Map.entry("llm.request.type", "chat"),
                        Map.entry("openinference.span.kind", "LLM"))) {
            var values =
                    Map.<String, Object>of(kind.getKey(), kind.getValue(), "llm.model_name", "m");

            assertEquals("_OTHER", usage(failed(values)).get(TokenUsage.ERROR_TYPE));
            assertEquals(
                    1, translated(Map.of(), request(Map.of(), span(values))).warnings().size());
        }
    }

    @Test
    void whatEndedAnAnswerIsItsStatusUnlessTheSpanFailed() throws BadRequestException {
        var values = new HashMap<>(chatWith("gen_ai.usage.input_tokens", 9));
        values.put("gen_ai.response.finish_reasons", List.of("length"));

        assertEquals("length", usage(span(values)).get(TokenUsage.STATUS));
        assertEquals("length", event(translatedLogs(values)).get(TokenUsage.STATUS));
        assertEquals("error", usage(failed(values)).get(TokenUsage.STATUS));
        values.put("gen_ai.response.finish_reasons", List.of("stop", "length"));
        assertEquals("ok", usage(span(values)).get(TokenUsage.STATUS));
    }

    @Test
    void theServersAddressIsTheHostWhereNoNameIsTold() throws BadRequestException {
        var values = new HashMap<>(chatWith("gen_ai.usage.input_tokens", 9));
        values.put("server.address", "llama.internal");
        var named = translated(Map.of(), request(Map.of("host.name", "node-1"), span(values)));

        assertEquals("llama.internal", usage(span(values)).get(TokenUsage.HOST));
        assertEquals("node-1", event(named).get(TokenUsage.HOST));
    }

    @Test
    void anErrorIsToldByTheSpansStatus() throws BadRequestException {
        var usage =
                usage(failed(Map.of("gen_ai.request.model", "m", "gen_ai.usage.input_tokens", 1)));

        assertEquals("error", usage.get(TokenUsage.STATUS));
        assertEquals("_OTHER", usage.get(TokenUsage.ERROR_TYPE));
    }

    @Test
    void aRequestThatFailedWithoutTokensIsOne() throws BadRequestException {
        var usage = usage(failed(CHAT));

        assertEquals("m", usage.get(TokenUsage.MODEL));
        assertEquals("_OTHER", usage.get(TokenUsage.ERROR_TYPE));
        assertNull(usage.get(TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void aPromptThatLeavesItsCachedTokensOutIsCompleted() throws BadRequestException {
        var span =
                span(
                        Map.of(
                                "gen_ai.request.model", "claude",
                                "gen_ai.usage.input_tokens", 10,
                                "gen_ai.usage.cache_read.input_tokens", 900,
                                "gen_ai.usage.cache_creation.input_tokens", 90));

        var usage = usage(span);

        assertEquals(1000L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals(900L, usage.get(TokenUsage.CACHED_PROMPT_TOKENS));
        assertEquals(90L, usage.get(TokenUsage.CACHE_WRITE_TOKENS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AGENT", "CHAIN", "TOOL"})
    void whatSumsUpOtherSpansOfOpenInferenceIsNotCountedAgain(String kind)
            throws BadRequestException {
        var agent =
                span(
                        Map.of(
                                "openinference.span.kind", kind,
                                "llm.token_count.prompt", 5,
                                "llm.token_count.completion", 5));

        assertEquals(1, translated(Map.of(), request(Map.of(), agent)).passed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"invoke_agent", "execute_tool", "invoke_workflow", "create_agent"})
    void whatSumsUpOtherSpansIsNotCountedAgain(String operation) throws BadRequestException {
        var agent =
                span(
                        Map.of(
                                "gen_ai.operation.name",
                                operation,
                                "gen_ai.request.model",
                                "m",
                                "gen_ai.usage.input_tokens",
                                5));

        var translation = translated(Map.of(), request(Map.of(), agent));

        assertEquals(0, translation.items().size());
        assertEquals(1, translation.passed());
    }

    @Test
    void otherSpansPassAndThoseWithoutTokensAreNamed() throws BadRequestException {
        var http = span(Map.of("http.request.method", "GET"));
        var stream = span(CHAT);

        var translation = translated(Map.of(), request(Map.of(), http, stream));

        assertEquals(0, translation.items().size());
        assertEquals(2, translation.passed());
        assertEquals(1, translation.warnings().size());
    }

    @Test
    void aBadSpanIsRefusedAloneWithItsOwnBytes() throws BadRequestException {
        var bad = span(Map.of("gen_ai.request.model", "m", "gen_ai.usage.input_tokens", -1));
        var good = span(Map.of("gen_ai.request.model", "m", "gen_ai.usage.input_tokens", 1));

        var translation = translated(Map.of(), request(Map.of(), bad, good));

        var letter = assertInstanceOf(Told.Refused.class, translation.items().getFirst()).letter();
        assertEquals(RejectReason.OUT_OF_RANGE, letter.why().reason());
        assertEquals(ByteString.copyFrom(letter.bytes()), bad.build().toByteString());
        assertInstanceOf(Told.Fact.class, translation.items().getLast());
    }

    @Test
    void aFailedRequestOfWhichALogTellsCountsAsOne() throws BadRequestException {
        var event = event(translatedLogs(chatWith("error.type", "timeout")));

        assertEquals("timeout", event.get(TokenUsage.ERROR_TYPE));
        assertEquals("error", event.get(TokenUsage.STATUS));
        assertNull(event.get(TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void otherLogsPassAndThoseOfRequestsWithoutTokensAreNamed() throws BadRequestException {
        var chat = chatWith("error.type", "");

        var named = translatedLogs(chat);
        var other = translatedLogs(Map.of("gen_ai.system", "openai"));

        assertEquals(List.of(0, 0), List.of(named.items().size(), other.items().size()));
        assertEquals(List.of(1, 1), List.of(named.passed(), other.passed()));
        assertTrue(named.warnings().getFirst().contains("log records"), named.warnings() + "");
        assertEquals(List.of(), other.warnings());
        assertEquals(List.of(), translatedLogs(Map.of(), chat).warnings(), "spans are counted");
    }

    private Translation translatedLogs(Map<String, Object> values) throws BadRequestException {
        return translatedLogs(Map.of("logger", UsageOrigin.LOGS), values);
    }

    private Translation translatedLogs(Map<String, UsageOrigin> from, Map<String, Object> values)
            throws BadRequestException {
        var translation = new Translation(100);
        new LogUsages(events, new UsageOrigins(from))
                .translate(logs(Map.of("service.name", "logger"), values), translation);
        return translation;
    }

    private static ExportLogsServiceRequest logs(
            Map<String, Object> resource, Map<String, Object> values) {
        var log =
                LogRecord.newBuilder()
                        .setEventName("gen_ai.client.inference.operation.details")
                        .setTimeUnixNano(END_NANOS)
                        .addAllAttributes(attributes(values));
        return ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(
                        ResourceLogs.newBuilder()
                                .setResource(resource(resource))
                                .addScopeLogs(ScopeLogs.newBuilder().addLogRecords(log)))
                .build();
    }

    @Test
    void aServiceIsCountedFromOneSignalOnly() throws BadRequestException {
        var values = chatWith("gen_ai.usage.input_tokens", 9);
        var resource = Map.<String, Object>of("service.name", "logger");
        var log = logs(resource, values);
        for (var origin : UsageOrigin.values()) {
            var from = Map.of("logger", origin);
            var spans = translated(from, request(resource, span(values)));
            var logs = new Translation(100);
            new LogUsages(events, new UsageOrigins(from)).translate(log, logs);

            var metrics =
                    GpuPointsTest.translated(
                            from, resource, GpuPointsTest.tokens(true, 9, "input"));

            var all =
                    Map.of(
                            UsageOrigin.SPANS, spans,
                            UsageOrigin.LOGS, logs,
                            UsageOrigin.METRICS, metrics);
            all.forEach(
                    (signal, translation) -> {
                        boolean counts = signal == origin;
                        assertEquals(counts ? 1 : 0, translation.items().size(), signal.label());
                        assertEquals(counts ? 0 : 1, translation.warnings().size());
                        translation
                                .warnings()
                                .forEach(
                                        warning ->
                                                assertTrue(
                                                        warning.contains("\"logger\""), warning));
                    });
        }
    }
}
