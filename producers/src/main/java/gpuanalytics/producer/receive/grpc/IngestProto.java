package gpuanalytics.producer.receive.grpc;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;

/**
 * What {@code gpuanalytics/v1/ingest.proto} says, for parsing and for reflection. Written by hand:
 * three messages are not worth a compiler in the build.
 */
final class IngestProto implements ProtoServiceDescriptorSupplier {

    static final String PACKAGE = "gpuanalytics.v1";
    static final String SERVICE = "Ingest";
    static final String METHOD = "Publish";

    static final FileDescriptor FILE = file();
    static final Descriptor REQUEST = FILE.findMessageTypeByName("PublishRequest");
    static final Descriptor RESPONSE = FILE.findMessageTypeByName("PublishResponse");
    static final Descriptor REFUSAL = FILE.findMessageTypeByName("Refusal");

    private static FileDescriptor file() {
        var file =
                FileDescriptorProto.newBuilder()
                        .setName("gpuanalytics/v1/ingest.proto")
                        .setPackage(PACKAGE)
                        .setSyntax("proto3")
                        .addService(service())
                        .addMessageType(
                                message(
                                        "PublishRequest",
                                        field("events", 1, FieldDescriptorProto.Type.TYPE_BYTES)
                                                .setLabel(
                                                        FieldDescriptorProto.Label.LABEL_REPEATED)))
                        .addMessageType(
                                message(
                                        "PublishResponse",
                                        field("accepted", 1, FieldDescriptorProto.Type.TYPE_INT64),
                                        field("refused", 2, FieldDescriptorProto.Type.TYPE_INT64),
                                        field("refusals", 3, FieldDescriptorProto.Type.TYPE_MESSAGE)
                                                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)
                                                .setTypeName(".gpuanalytics.v1.Refusal")))
                        .addMessageType(
                                message(
                                        "Refusal",
                                        field("index", 1, FieldDescriptorProto.Type.TYPE_INT64),
                                        field("reason", 2, FieldDescriptorProto.Type.TYPE_STRING),
                                        field("detail", 3, FieldDescriptorProto.Type.TYPE_STRING)))
                        .build();
        try {
            return FileDescriptor.buildFrom(file, new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ServiceDescriptorProto service() {
        return ServiceDescriptorProto.newBuilder()
                .setName(SERVICE)
                .addMethod(
                        MethodDescriptorProto.newBuilder()
                                .setName(METHOD)
                                .setInputType(".gpuanalytics.v1.PublishRequest")
                                .setOutputType(".gpuanalytics.v1.PublishResponse")
                                .setClientStreaming(true))
                .build();
    }

    private static DescriptorProto message(String name, FieldDescriptorProto.Builder... fields) {
        var message = DescriptorProto.newBuilder().setName(name);
        for (var field : fields) {
            message.addField(field);
        }
        return message.build();
    }

    private static FieldDescriptorProto.Builder field(
            String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setType(type)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
    }

    @Override
    public FileDescriptor getFileDescriptor() {
        return FILE;
    }

    @Override
    public ServiceDescriptor getServiceDescriptor() {
        return FILE.findServiceByName(SERVICE);
    }
}
