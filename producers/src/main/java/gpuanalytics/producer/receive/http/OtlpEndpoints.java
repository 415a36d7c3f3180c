package gpuanalytics.producer.receive.http;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.Status;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.otlp.Otlp;
import gpuanalytics.producer.receive.otlp.Otlp.Reply;
import gpuanalytics.producer.receive.otlp.OtlpJson;
import gpuanalytics.producer.receive.otlp.OtlpResponses;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * OTLP/HTTP: {@code /v1/traces}, {@code /v1/metrics} and {@code /v1/logs}, each in protobuf and in
 * JSON, and answered in what it came in.
 */
final class OtlpEndpoints {

    private static final String PROTOBUF = "application/x-protobuf";

    private final Otlp otlp;
    private final Bodies bodies;

    OtlpEndpoints(Otlp otlp, Bodies bodies) {
        this.otlp = otlp;
        this.bodies = bodies;
    }

    /** Takes a request to its reply. */
    private interface Export<M> {
        Reply of(M request) throws BadRequestException, InterruptedException;
    }

    /** Makes the response of one signal. */
    private interface Response {
        Message of(Reply reply);
    }

    List<Endpoint> endpoints(int maxBytes) {
        return List.of(
                endpoint(
                        "/v1/traces",
                        maxBytes,
                        otlp::traces,
                        ExportTraceServiceRequest::newBuilder,
                        request -> otlp.traces((ExportTraceServiceRequest) request),
                        OtlpResponses::traces,
                        "rejectedSpans"),
                endpoint(
                        "/v1/metrics",
                        maxBytes,
                        body -> otlp.metrics(parsed(body, ExportMetricsServiceRequest::parseFrom)),
                        ExportMetricsServiceRequest::newBuilder,
                        request -> otlp.metrics((ExportMetricsServiceRequest) request),
                        OtlpResponses::metrics,
                        "rejectedDataPoints"),
                endpoint(
                        "/v1/logs",
                        maxBytes,
                        body -> otlp.logs(parsed(body, ExportLogsServiceRequest::parseFrom)),
                        ExportLogsServiceRequest::newBuilder,
                        request -> otlp.logs((ExportLogsServiceRequest) request),
                        OtlpResponses::logs,
                        "rejectedLogRecords"));
    }

    private Endpoint endpoint(
            String path,
            int maxBytes,
            Export<byte[]> protobuf,
            Supplier<? extends Message.Builder> builder,
            Export<Message> json,
            Response response,
            String rejected) {
        var types = List.of(PROTOBUF, Json.MEDIA_TYPE);
        return Endpoint.of(
                        Endpoint.Method.POST,
                        path,
                        types,
                        request -> {
                            boolean isJson = isJson(request.contentType());
                            var reply =
                                    reply(
                                            request,
                                            isJson
                                                    ? body ->
                                                            json.of(
                                                                    OtlpJson.read(
                                                                                    body,
                                                                                    builder.get())
                                                                            .build())
                                                    : protobuf);
                            return isJson
                                    ? Answer.ok(Json.MEDIA_TYPE, json(reply, rejected))
                                    : Answer.ok(PROTOBUF, response.of(reply).toByteArray());
                        })
                .accepting(maxBytes, types);
    }

    private Reply reply(Endpoint.Request request, Export<byte[]> export)
            throws InterruptedException {
        try {
            return bodies.use(request, export::of);
        } catch (BadRequestException e) {
            throw new ProblemException(Problem.of(400, "invalid-body", e.problem()));
        }
    }

    /** Makes a message of its bytes. */
    private interface Parsing<M> {
        M of(byte[] bytes) throws InvalidProtocolBufferException;
    }

    private static <M> M parsed(byte[] body, Parsing<M> parsing) throws BadRequestException {
        try {
            return parsing.of(body);
        } catch (InvalidProtocolBufferException e) {
            throw new BadRequestException(Otlp.NOT_OTLP + e.getMessage());
        }
    }

    private static Body json(Reply reply, String rejected) {
        return Json.bytes(
                json -> {
                    json.writeStartObject();
                    if (!reply.isFull()) {
                        json.writeObjectFieldStart("partialSuccess");
                        // 64 bits are text in the JSON of Protocol Buffers
                        json.writeStringField(rejected, Long.toString(reply.rejected()));
                        json.writeStringField("errorMessage", reply.message());
                        json.writeEndObject();
                    }
                    json.writeEndObject();
                });
    }

    private static boolean isJson(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith(Json.MEDIA_TYPE);
    }

    /** A problem as OTLP has it: a Status in what the request came in. */
    static Answer refusal(Problem problem, String contentType) {
        var code = code(problem.status());
        boolean isProtobuf = contentType.toLowerCase(Locale.ROOT).startsWith(PROTOBUF);
        var status =
                Status.newBuilder().setCode(code.getNumber()).setMessage(problem.detail()).build();
        Body body =
                isProtobuf
                        ? new Body.Bytes(status.toByteArray())
                        : Json.bytes(
                                json -> {
                                    json.writeStartObject();
                                    json.writeNumberField("code", status.getCode());
                                    json.writeStringField("message", status.getMessage());
                                    json.writeEndObject();
                                });
        return new Answer(
                problem.status(), isProtobuf ? PROTOBUF : Json.MEDIA_TYPE, body, problem.headers());
    }

    private static Code code(int httpStatus) {
        return switch (httpStatus) {
            case 401 -> Code.UNAUTHENTICATED;
            case 503 -> Code.UNAVAILABLE;
            case 504 -> Code.DEADLINE_EXCEEDED;
            case 500 -> Code.INTERNAL;
            default -> Code.INVALID_ARGUMENT;
        };
    }
}
