package gpuanalytics.producer.receive.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Said;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.receive.otlp.SpanBytes.ReadSpan;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.function.Supplier;

/** Spans of requests to models, as usages. */
final class SpanUsages {

    private static final String MEDIA_TYPE = "application/x-protobuf";
    private static final int NANOS_DIGITS_OF_MILLIS = 6;

    private final EventWriter events;
    private final UsageOrigins origins;

    SpanUsages(EventWriter events, UsageOrigins origins) {
        this.events = events;
        this.origins = origins;
    }

    /** What a request in protobuf is, told by its bytes. */
    void translate(byte[] request, Translation into)
            throws InvalidProtocolBufferException, BadRequestException {
        SpanBytes.read(
                request,
                span ->
                        translate(
                                span,
                                () -> Arrays.copyOfRange(request, span.from(), span.to()),
                                into));
    }

    void translate(ExportTraceServiceRequest request, Translation into) throws BadRequestException {
        for (var ofResource : request.getResourceSpansList()) {
            var resource = Attributes.of(ofResource.getResource().getAttributesList());
            for (var ofScope : ofResource.getScopeSpansList()) {
                for (var span : ofScope.getSpansList()) {
                    var read =
                            new ReadSpan(
                                    resource.with(span.getAttributesList()),
                                    GenAiUsage.eventId(
                                            span.getTraceId().toByteArray(),
                                            span.getSpanId().toByteArray()),
                                    span.getStartTimeUnixNano(),
                                    span.getEndTimeUnixNano(),
                                    span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR,
                                    0,
                                    0);
                    translate(read, span::toByteArray, into);
                }
            }
        }
    }

    private void translate(ReadSpan span, Supplier<byte[]> bytes, Translation into)
            throws BadRequestException {
        var attributes = span.attributes();
        if (!GenAiUsage.isOfModel(attributes)
                || !origins.allow(UsageOrigin.SPANS, attributes, into)) {
            into.pass(1);
        } else if (!GenAiUsage.hasTokens(attributes) && !span.isError()) {
            // a failed request has none; of another the sender should know that it is not counted
            into.warn("spans of requests to models without their tokens are not counted");
            into.pass(1);
        } else {
            var decoded = events.write(said(span));
            into.add(Told.of(decoded, EventTopic.TOKEN_USAGE, MEDIA_TYPE, bytes), 1);
        }
    }

    private static Said said(ReadSpan span) {
        var said = GenAiUsage.said(span.attributes());
        if (span.eventId() != null) {
            said.set(TokenUsage.EVENT_ID, span.eventId());
        }
        long start = span.startNanos();
        long end = span.endNanos();
        if (end != 0) {
            said.set(TokenUsage.TS, EventWriter.time(end));
        }
        if (start != 0 && Long.compareUnsigned(end, start) >= 0) {
            said.set(
                    TokenUsage.LATENCY_MS, BigDecimal.valueOf(end - start, NANOS_DIGITS_OF_MILLIS));
        }
        // what ended the answer says more than that nothing failed
        if (span.isError() || !said.has(TokenUsage.STATUS)) {
            said.set(TokenUsage.STATUS, span.isError() ? "error" : "ok");
        }
        if (span.isError() && !said.has(TokenUsage.ERROR_TYPE)) {
            said.set(TokenUsage.ERROR_TYPE, "_OTHER");
        }
        return said.set(TokenUsage.SOURCE, "otlp");
    }
}
