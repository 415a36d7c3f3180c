package gpuanalytics.bench.doors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What each call says, made anew whenever it is needed: a call that comes again says the same under
 * the same identities, and none is kept.
 *
 * @param run distinguishes the identities of this run from those of others
 * @param seed of the numbers of tokens
 * @param spans how many usages a call has
 * @param newest the time of the latest usage
 */
public record Calls(long run, long seed, int spans, Instant newest) {

    /** Usages lie in so many seconds before the newest, so that rollups have more than one row. */
    static final int SECONDS = 300;

    private static final int MOST_PROMPT_TOKENS = 2048;
    private static final int MOST_COMPLETION_TOKENS = 512;

    /** How long each request took. */
    static final long LATENCY_NANOS = 850_000_000;

    private static final Resource RESOURCE =
            Resource.newBuilder()
                    .addAttributes(text("service.name", "load"))
                    .addAttributes(text("host.name", "load-1"))
                    .addAttributes(text("k8s.namespace.name", "load"))
                    .build();
    private static final List<KeyValue> SAME_IN_ALL =
            List.of(
                    text("gen_ai.operation.name", "chat"),
                    text("gen_ai.provider.name", "vllm"),
                    text("server.address", "llm.example"),
                    text("gen_ai.output.type", "text"));

    /** The model of this run's usages: no other run's and nobody else's. */
    String model() {
        return "load-" + Long.toUnsignedString(run, 36);
    }

    /** What a call comes to. */
    Sums sums(long call) {
        long prompt = 0;
        long completion = 0;
        for (int n = 0; n < spans; n++) {
            prompt += promptTokens(call, n);
            completion += completionTokens(call, n);
        }
        return new Sums(spans, prompt, completion);
    }

    long promptTokens(long call, int n) {
        return 1 + (mixed(call, n) >>> 1) % MOST_PROMPT_TOKENS;
    }

    long completionTokens(long call, int n) {
        return 1 + (mixed(call, n) >>> 33) % MOST_COMPLETION_TOKENS;
    }

    /** A number that looks random and is the same whenever it is asked for (SplitMix64). */
    private long mixed(long call, int n) {
        long z = seed + (call * spans + n + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    Instant time(long call) {
        return newest.minusSeconds(call % SECONDS);
    }

    /** The trace of a call, in hexadecimal digits. */
    String traceId(long call) {
        return "%016x%016x".formatted(run, call);
    }

    /** A span within the trace of its call, in hexadecimal digits. */
    static String spanId(int n) {
        return "%016x".formatted(n + 1L);
    }

    /** As spans, a trace for each call. */
    public ExportTraceServiceRequest otlp(long call) {
        var scope = ScopeSpans.newBuilder();
        var traceId = bytes(run, call);
        var time = time(call);
        long end = TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
        var model = text("gen_ai.request.model", model());
        var answered = text("gen_ai.response.model", model());
        for (int n = 0; n < spans; n++) {
            scope.addSpans(
                    Span.newBuilder()
                            .setTraceId(traceId)
                            .setSpanId(bytes(n + 1L))
                            .setName("chat")
                            .setKind(Span.SpanKind.SPAN_KIND_CLIENT)
                            .setStartTimeUnixNano(end - LATENCY_NANOS)
                            .setEndTimeUnixNano(end)
                            .addAllAttributes(SAME_IN_ALL)
                            .addAttributes(model)
                            .addAttributes(answered)
                            .addAttributes(text("gen_ai.response.id", id(call, n)))
                            .addAttributes(
                                    number("gen_ai.usage.input_tokens", promptTokens(call, n)))
                            .addAttributes(
                                    number(
                                            "gen_ai.usage.output_tokens",
                                            completionTokens(call, n))));
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(
                        ResourceSpans.newBuilder().setResource(RESOURCE).addScopeSpans(scope))
                .build();
    }

    /** As events in a JSON array. */
    byte[] events(long call) {
        var json = new StringBuilder(spans * 200).append('[');
        for (int n = 0; n < spans; n++) {
            json.append(n == 0 ? "{" : ",{")
                    .append("\"event_id\":\"")
                    .append(id(call, n))
                    .append("\",\"ts\":\"")
                    .append(time(call))
                    .append("\",\"model\":\"")
                    .append(model())
                    .append("\",\"prompt_tokens\":")
                    .append(promptTokens(call, n))
                    .append(",\"completion_tokens\":")
                    .append(completionTokens(call, n))
                    .append('}');
        }
        return json.append(']').toString().getBytes(UTF_8);
    }

    String id(long call, int n) {
        return model() + "-" + call + "-" + n;
    }

    private static ByteString bytes(long... numbers) {
        var buffer = ByteBuffer.allocate(Long.BYTES * numbers.length);
        for (long number : numbers) {
            buffer.putLong(number);
        }
        return ByteString.copyFrom(buffer.flip());
    }

    private static KeyValue text(String name, String value) {
        return KeyValue.newBuilder()
                .setKey(name)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static KeyValue number(String name, long value) {
        return KeyValue.newBuilder()
                .setKey(name)
                .setValue(AnyValue.newBuilder().setIntValue(value))
                .build();
    }
}
