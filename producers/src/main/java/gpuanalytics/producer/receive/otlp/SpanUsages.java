package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Said;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import java.math.BigDecimal;

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

    void translate(ExportTraceServiceRequest request, Translation into) throws BadRequestException {
        for (var ofResource : request.getResourceSpansList()) {
            var resource = Attributes.of(ofResource.getResource().getAttributesList());
            for (var ofScope : ofResource.getScopeSpansList()) {
                for (var span : ofScope.getSpansList()) {
                    translate(span, resource.with(span.getAttributesList()), into);
                }
            }
        }
    }

    private void translate(Span span, Attributes attributes, Translation into)
            throws BadRequestException {
        if (!GenAiUsage.isOfModel(attributes)
                || !origins.allow(UsageOrigin.SPANS, attributes, into)) {
            into.pass(1);
        } else if (!GenAiUsage.hasTokens(attributes) && !isError(span)) {
            // a failed request has none; of another the sender should know that it is not counted
            into.warn("spans of requests to models without their tokens are not counted");
            into.pass(1);
        } else {
            var decoded = events.write(said(span, attributes));
            into.add(Told.of(decoded, EventTopic.TOKEN_USAGE, MEDIA_TYPE, span::toByteArray), 1);
        }
    }

    private static Said said(Span span, Attributes attributes) {
        var said = GenAiUsage.said(attributes);
        GenAiUsage.eventId(span.getTraceId(), span.getSpanId())
                .ifPresent(id -> said.set(TokenUsage.EVENT_ID, id));
        long start = span.getStartTimeUnixNano();
        long end = span.getEndTimeUnixNano();
        if (end != 0) {
            said.set(TokenUsage.TS, EventWriter.time(end));
        }
        if (start != 0 && Long.compareUnsigned(end, start) >= 0) {
            said.set(
                    TokenUsage.LATENCY_MS, BigDecimal.valueOf(end - start, NANOS_DIGITS_OF_MILLIS));
        }
        said.set(TokenUsage.STATUS, isError(span) ? "error" : "ok");
        if (isError(span) && !said.has(TokenUsage.ERROR_TYPE)) {
            said.set(TokenUsage.ERROR_TYPE, "_OTHER");
        }
        return said.set(TokenUsage.SOURCE, "otlp");
    }

    private static boolean isError(Span span) {
        return span.getStatus().getCode() == StatusCode.STATUS_CODE_ERROR;
    }
}
