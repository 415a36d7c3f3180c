package gpuanalytics.producer.receive.otlp;

import gpuanalytics.producer.receive.otlp.Otlp.Reply;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsPartialSuccess;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.ExportTracePartialSuccess;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

/** Replies as the responses of each signal. */
public final class OtlpResponses {

    private OtlpResponses() {}

    public static ExportTraceServiceResponse traces(Reply reply) {
        var response = ExportTraceServiceResponse.newBuilder();
        if (!reply.isFull()) {
            response.setPartialSuccess(
                    ExportTracePartialSuccess.newBuilder()
                            .setRejectedSpans(reply.rejected())
                            .setErrorMessage(reply.message()));
        }
        return response.build();
    }

    public static ExportMetricsServiceResponse metrics(Reply reply) {
        var response = ExportMetricsServiceResponse.newBuilder();
        if (!reply.isFull()) {
            response.setPartialSuccess(
                    ExportMetricsPartialSuccess.newBuilder()
                            .setRejectedDataPoints(reply.rejected())
                            .setErrorMessage(reply.message()));
        }
        return response.build();
    }

    public static ExportLogsServiceResponse logs(Reply reply) {
        var response = ExportLogsServiceResponse.newBuilder();
        if (!reply.isFull()) {
            response.setPartialSuccess(
                    ExportLogsPartialSuccess.newBuilder()
                            .setRejectedLogRecords(reply.rejected())
                            .setErrorMessage(reply.message()));
        }
        return response.build();
    }
}
