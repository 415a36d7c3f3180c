package gpuanalytics.producer.receive.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.Receipt;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.json.EventBody;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code gpuanalytics.v1.Ingest}: events as the contract has them. A message of a stream is read
 * once the one before it is in Kafka, so a stream is as fast as Kafka takes it and holds one
 * message.
 */
final class IngestService {

    static final String NAME = IngestProto.PACKAGE + "." + IngestProto.SERVICE;

    static final MethodDescriptor<byte[], DynamicMessage> PUBLISH =
            MethodDescriptor.<byte[], DynamicMessage>newBuilder()
                    .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                    .setFullMethodName(
                            MethodDescriptor.generateFullMethodName(NAME, IngestProto.METHOD))
                    .setRequestMarshaller(OtlpServices.BYTES)
                    .setResponseMarshaller(
                            ProtoUtils.marshaller(
                                    DynamicMessage.getDefaultInstance(IngestProto.RESPONSE)))
                    .build();

    private static final int MOST_REFUSALS = 100;

    private final Door door;
    private final EventBody events;
    private final int mostItems;

    /**
     * Hands over to a door.
     *
     * @param mostItems the most events in a message
     */
    IngestService(Door door, EventBody events, int mostItems) {
        this.door = door;
        this.events = events;
        this.mostItems = mostItems;
    }

    ServerServiceDefinition definition() {
        var service =
                ServiceDescriptor.newBuilder(NAME)
                        .setSchemaDescriptor(new IngestProto())
                        .addMethod(PUBLISH)
                        .build();
        return ServerServiceDefinition.builder(service)
                .addMethod(PUBLISH, ServerCalls.asyncClientStreamingCall(Publishing::new))
                .build();
    }

    /**
     * The events of a message.
     *
     * @throws InvalidProtocolBufferException where it is none
     * @throws BadRequestException where its events cannot be told apart, or there are too many
     */
    static List<Told> read(byte[] message, EventBody events, int mostItems)
            throws InvalidProtocolBufferException, BadRequestException {
        var request = DynamicMessage.parseFrom(IngestProto.REQUEST, message);
        var field = IngestProto.REQUEST.findFieldByName("events");
        var told = new ArrayList<Told>();
        for (int i = 0; i < request.getRepeatedFieldCount(field); i++) {
            var bytes = (ByteString) request.getRepeatedField(field, i);
            told.addAll(events.read(EventBody.JSON, Map.of(), bytes.toByteArray()));
            if (told.size() > mostItems) {
                throw new BadRequestException(
                        "message has more than %d events, expected at most %d"
                                .formatted(mostItems, mostItems));
            }
        }
        return told;
    }

    /** One stream. */
    private final class Publishing implements StreamObserver<byte[]> {

        private final StreamObserver<DynamicMessage> client;
        private final List<DynamicMessage> refusals = new ArrayList<>();
        private long items;
        private long refused;
        private boolean ended;

        Publishing(StreamObserver<DynamicMessage> client) {
            this.client = client;
        }

        @Override
        public void onNext(byte[] message) {
            if (ended) {
                return;
            }
            try {
                add(door.tell(read(message, events, mostItems)));
            } catch (InvalidProtocolBufferException
                    | BadRequestException
                    | InterruptedException
                    | RuntimeException e) {
                ended = true;
                client.onError(Failures.told(e, IngestProto.REQUEST.getFullName()));
            }
        }

        private void add(Receipt receipt) {
            for (var refusal : receipt.refusals()) {
                if (refusal.isPresent()) {
                    refused++;
                    if (refusals.size() < MOST_REFUSALS) {
                        refusals.add(
                                message(
                                        items,
                                        refusal.get().reason().label(),
                                        refusal.get().detail()));
                    }
                }
                items++;
            }
        }

        private static DynamicMessage message(long index, String reason, String detail) {
            var type = IngestProto.REFUSAL;
            return DynamicMessage.newBuilder(type)
                    .setField(type.findFieldByName("index"), index)
                    .setField(type.findFieldByName("reason"), reason)
                    .setField(type.findFieldByName("detail"), detail)
                    .build();
        }

        /** The client has gone. */
        @Override
        public void onError(Throwable gone) {
            ended = true;
        }

        @Override
        public void onCompleted() {
            if (ended) {
                return;
            }
            var type = IngestProto.RESPONSE;
            client.onNext(
                    DynamicMessage.newBuilder(type)
                            .setField(type.findFieldByName("accepted"), items - refused)
                            .setField(type.findFieldByName("refused"), refused)
                            .setField(type.findFieldByName("refusals"), refusals)
                            .build());
            client.onCompleted();
        }
    }
}
