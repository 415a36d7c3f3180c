package gpuanalytics.bench.doors;

import gpuanalytics.bench.doors.LoadOptions.Target;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * OpenTelemetry's own SDK and exporters, with their own settings but for endpoint, token and time:
 * what a user's service has.
 */
final class SdkClient implements DoorClient {

    private static final String AUTHORIZATION = "authorization";

    private static final Resource RESOURCE =
            Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "load"));

    /** Of the span that a thread is about to start. */
    private record Identity(String traceId, String spanId) {}

    private static final ScopedValue<Identity> IDENTITY = ScopedValue.newInstance();

    private final Calls calls;
    private final Duration timeout;
    private final SpanExporter exporter;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /** The SDK exports one batch at a time, and its exporters refuse many at once. */
    private final Lock exporting = new ReentrantLock();

    private SdkClient(SpanExporter exporter, Calls calls, LoadOptions options) {
        this.exporter = exporter;
        this.calls = calls;
        // The exporter tries again by itself within its own time.
        this.timeout = options.timeout().multipliedBy(2);
        this.provider =
                SdkTracerProvider.builder()
                        .setResource(RESOURCE)
                        .setIdGenerator(new Identities())
                        .build();
        this.tracer = provider.get("load");
    }

    static SdkClient overGrpc(Target target, Calls calls, LoadOptions options) {
        var builder =
                OtlpGrpcSpanExporter.builder()
                        .setEndpoint("http://" + target)
                        .setTimeout(options.timeout());
        options.token().ifPresent(token -> builder.addHeader(AUTHORIZATION, "Bearer " + token));
        return new SdkClient(builder.build(), calls, options);
    }

    static SdkClient overHttp(Target target, Calls calls, LoadOptions options) {
        var builder =
                OtlpHttpSpanExporter.builder()
                        .setEndpoint("http://" + target + "/v1/traces")
                        .setTimeout(options.timeout());
        options.token().ifPresent(token -> builder.addHeader(AUTHORIZATION, "Bearer " + token));
        return new SdkClient(builder.build(), calls, options);
    }

    @Override
    public Answer tell(long call) throws InterruptedException {
        var spans = new ArrayList<SpanData>(calls.spans());
        for (int n = 0; n < calls.spans(); n++) {
            int number = n;
            spans.add(
                    ScopedValue.where(IDENTITY, new Identity(calls.traceId(call), Calls.spanId(n)))
                            .call(() -> span(call, number)));
        }
        CompletableResultCode told;
        exporting.lockInterruptibly();
        try {
            told = exporter.export(spans).join(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            exporting.unlock();
        }
        if (told.isSuccess()) {
            return new Answer.Acknowledged("");
        }
        var reason = told.getFailureThrowable();
        return new Answer.ComeAgain(
                reason == null ? "no answer in time" : reason.toString(), Optional.empty());
    }

    private SpanData span(long call, int n) {
        var end = calls.time(call);
        var span =
                tracer.spanBuilder("chat " + calls.model())
                        .setNoParent()
                        .setSpanKind(SpanKind.CLIENT)
                        .setStartTimestamp(end.minusNanos(Calls.LATENCY_NANOS))
                        .setAttribute("gen_ai.operation.name", "chat")
                        .setAttribute("gen_ai.provider.name", "vllm")
                        .setAttribute("gen_ai.request.model", calls.model())
                        .setAttribute("gen_ai.response.id", calls.id(call, n))
                        .setAttribute("gen_ai.usage.input_tokens", calls.promptTokens(call, n))
                        .setAttribute("gen_ai.usage.output_tokens", calls.completionTokens(call, n))
                        .startSpan();
        span.end(end);
        return ((ReadableSpan) span).toSpanData();
    }

    /** A call that comes again has the identities that it had. */
    private static final class Identities implements IdGenerator {

        @Override
        public String generateTraceId() {
            return IDENTITY.get().traceId();
        }

        @Override
        public String generateSpanId() {
            return IDENTITY.get().spanId();
        }
    }

    @Override
    public void close() {
        provider.close();
        exporter.close();
    }
}
