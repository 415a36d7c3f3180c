package gpuanalytics.producer.receive.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class IngestProtoTest {

    @Test
    void theFileSaysWhatTheProgramDoes() throws Exception {
        assertEquals(written(), file());
    }

    /** The file without comments and blank lines. */
    private static String file() throws Exception {
        try (var in =
                Objects.requireNonNull(
                        IngestProto.class.getResourceAsStream("/gpuanalytics/v1/ingest.proto"))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String written() {
        var service = new IngestProto().getServiceDescriptor();
        return "syntax = \"proto3\";\npackage %s;\nservice %s {\n%s}\n%s"
                .formatted(
                        IngestProto.FILE.getPackage(),
                        service.getName(),
                        service.getMethods().stream()
                                .map(IngestProtoTest::method)
                                .collect(Collectors.joining()),
                        IngestProto.FILE.getMessageTypes().stream()
                                .map(IngestProtoTest::message)
                                .collect(Collectors.joining("\n")));
    }

    private static String method(MethodDescriptor method) {
        return "rpc %s (%s%s) returns (%s%s);\n"
                .formatted(
                        method.getName(),
                        method.isClientStreaming() ? "stream " : "",
                        method.getInputType().getName(),
                        method.isServerStreaming() ? "stream " : "",
                        method.getOutputType().getName());
    }

    private static String message(Descriptor message) {
        return "message %s {\n%s}"
                .formatted(
                        message.getName(),
                        message.getFields().stream()
                                .map(IngestProtoTest::field)
                                .collect(Collectors.joining()));
    }

    private static String field(FieldDescriptor field) {
        var type =
                field.getType() == FieldDescriptor.Type.MESSAGE
                        ? field.getMessageType().getName()
                        : field.getType().name().toLowerCase(Locale.ROOT);
        return "%s%s %s = %d;\n"
                .formatted(
                        field.isRepeated() ? "repeated " : "",
                        type,
                        field.getName(),
                        field.getNumber());
    }
}
