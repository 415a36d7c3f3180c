package gpuanalytics.producer.receive.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.otlp.Otlp;
import gpuanalytics.producer.receive.otlp.OtlpResponses;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * OTLP's three services. Requests come in as bytes and are parsed here, so that bad ones are the
 * client's INVALID_ARGUMENT and not a fault of ours.
 */
final class OtlpServices {

    /** Stands for a message that is larger than one may be when it is decompressed. */
    private static final byte[] TOO_LARGE = new byte[0];

    /** Messages as they came. */
    static final MethodDescriptor.Marshaller<byte[]> BYTES =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(byte[] value) {
                    return new ByteArrayInputStream(value);
                }

                @Override
                public byte[] parse(InputStream stream) {
                    try (stream) {
                        return stream instanceof KnownLength
                                ? readExactly(stream)
                                : stream.readAllBytes();
                    } catch (StatusRuntimeException e) {
                        if (e.getStatus().getCode() != Status.Code.RESOURCE_EXHAUSTED) {
                            throw e;
                        }
                        // the stream counts; thrown further it would be a fault of ours
                        return TOO_LARGE;
                    } catch (IOException e) {
                        throw new UncheckedIOException("reading from memory", e);
                    }
                }
            };

    private OtlpServices() {}

    /** Not by way of buffers that are as large as many messages together. */
    private static byte[] readExactly(InputStream stream) throws IOException {
        var bytes = new byte[stream.available()];
        int read = stream.readNBytes(bytes, 0, bytes.length);
        return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
    }

    /** Whether a message became too large when it was decompressed. */
    @SuppressWarnings("ReferenceEquality") // an empty message is a whole one
    static boolean isTooLarge(Object message) {
        return message == TOO_LARGE;
    }

    /** Makes a request of its bytes. */
    private interface Parsing<M> {
        M of(byte[] bytes) throws InvalidProtocolBufferException;
    }

    /** Makes the response to a request; waits for Kafka. */
    private interface Export<M, A> {
        A of(M request) throws BadRequestException, InterruptedException;
    }

    static List<ServerServiceDefinition> of(Otlp otlp) {
        return List.of(
                service(
                        TraceServiceGrpc.getServiceDescriptor(),
                        bytes -> bytes,
                        ExportTraceServiceResponse.getDefaultInstance(),
                        request -> OtlpResponses.traces(otlp.traces(request))),
                service(
                        MetricsServiceGrpc.getServiceDescriptor(),
                        ExportMetricsServiceRequest::parseFrom,
                        ExportMetricsServiceResponse.getDefaultInstance(),
                        request -> OtlpResponses.metrics(otlp.metrics(request))),
                service(
                        LogsServiceGrpc.getServiceDescriptor(),
                        ExportLogsServiceRequest::parseFrom,
                        ExportLogsServiceResponse.getDefaultInstance(),
                        request -> OtlpResponses.logs(otlp.logs(request))));
    }

    private static <M, A extends Message> ServerServiceDefinition service(
            ServiceDescriptor known, Parsing<M> parsing, A example, Export<M, A> export) {
        var exporting = known.getMethods().iterator().next();
        var method =
                MethodDescriptor.<byte[], A>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(exporting.getFullMethodName())
                        .setRequestMarshaller(BYTES)
                        .setResponseMarshaller(ProtoUtils.marshaller(example))
                        .setSchemaDescriptor(exporting.getSchemaDescriptor())
                        .build();
        var service =
                ServiceDescriptor.newBuilder(known.getName())
                        .setSchemaDescriptor(known.getSchemaDescriptor())
                        .addMethod(method)
                        .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(
                        method,
                        ServerCalls.asyncUnaryCall(
                                (bytes, client) -> answer(client, parsing, bytes, export)))
                .build();
    }

    private static <M, A> void answer(
            StreamObserver<A> client, Parsing<M> parsing, byte[] bytes, Export<M, A> export) {
        try {
            client.onNext(export.of(parsing.of(bytes)));
            client.onCompleted();
        } catch (InvalidProtocolBufferException
                | BadRequestException
                | InterruptedException
                | RuntimeException e) {
            client.onError(Failures.told(e, "OTLP"));
        }
    }
}
