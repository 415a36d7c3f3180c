package gpuanalytics.producer.receive.otlp;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.Map;

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
            var decoded = events.write(EventTopic.TOKEN_USAGE, values(log, attributes));
            into.add(Told.of(decoded, EventTopic.TOKEN_USAGE, MEDIA_TYPE, log.toByteArray()), 1);
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

    private static Map<String, Object> values(LogRecord log, Attributes attributes) {
        var values = GenAiUsage.values(attributes);
        GenAiUsage.eventId(log.getTraceId(), log.getSpanId())
                .ifPresent(id -> values.put(TokenUsage.EVENT_ID.name(), id));
        long time =
                log.getTimeUnixNano() != 0 ? log.getTimeUnixNano() : log.getObservedTimeUnixNano();
        if (time != 0) {
            values.put(TokenUsage.TS.name(), EventWriter.time(time));
        }
        values.put(
                TokenUsage.STATUS.name(),
                values.containsKey(TokenUsage.ERROR_TYPE.name()) ? "error" : "ok");
        values.put(TokenUsage.SOURCE.name(), "otlp");
        return values;
    }
}
