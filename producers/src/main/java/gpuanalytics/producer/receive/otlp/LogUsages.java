package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Said;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;

/** Log records that are events of requests to models, as usages. */
final class LogUsages {

    private static final String MEDIA_TYPE = "application/x-protobuf";
    private static final String ERROR_TYPE = "error.type";

    private final EventWriter events;
    private final UsageOrigins origins;

    LogUsages(EventWriter events, UsageOrigins origins) {
        this.events = events;
        this.origins = origins;
    }

    void translate(ExportLogsServiceRequest request, Translation into) throws BadRequestException {
        for (var ofResource : request.getResourceLogsList()) {
            var resource = Attributes.of(ofResource.getResource().getAttributesList());
            for (var ofScope : ofResource.getScopeLogsList()) {
                for (var log : ofScope.getLogRecordsList()) {
                    translate(log, resource.with(log.getAttributesList()), into);
                }
            }
        }
    }

    private void translate(LogRecord log, Attributes attributes, Translation into)
            throws BadRequestException {
        // a failed request has no tokens
        if (!GenAiUsage.isOfModel(attributes)
                || !(GenAiUsage.hasTokens(attributes) || isError(attributes))) {
            warnOfMissing(attributes, into);
            into.pass(1);
        } else if (!origins.allow(UsageOrigin.LOGS, attributes, into)) {
            into.pass(1);
        } else {
            var decoded = events.write(said(log, attributes));
            into.add(Told.of(decoded, EventTopic.TOKEN_USAGE, MEDIA_TYPE, log::toByteArray), 1);
        }
    }

    /** Whoever is counted from logs should know which of them are not. */
    private void warnOfMissing(Attributes attributes, Translation into) {
        if (GenAiUsage.isOfModel(attributes) && origins.counts(UsageOrigin.LOGS, attributes)) {
            into.warn("log records of requests to models without their tokens are not counted");
        }
    }

    private static boolean isError(Attributes attributes) {
        return attributes.text(ERROR_TYPE).isPresent();
    }

    private static Said said(LogRecord log, Attributes attributes) {
        var said = GenAiUsage.said(attributes);
        GenAiUsage.eventId(log.getTraceId(), log.getSpanId())
                .ifPresent(id -> said.set(TokenUsage.EVENT_ID, id));
        long time =
                log.getTimeUnixNano() != 0 ? log.getTimeUnixNano() : log.getObservedTimeUnixNano();
        if (time != 0) {
            said.set(TokenUsage.TS, EventWriter.time(time));
        }
        boolean isError = said.has(TokenUsage.ERROR_TYPE);
        if (isError || !said.has(TokenUsage.STATUS)) {
            said.set(TokenUsage.STATUS, isError ? "error" : "ok");
        }
        return said.set(TokenUsage.SOURCE, "otlp");
    }
}
