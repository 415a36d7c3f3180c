package gpuanalytics.producer.receive.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.Receipt;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Optional;

/** Requests of OpenTelemetry's protocol, whatever they came over. Any thread may ask. */
public final class Otlp {

    /** What bytes are told that are no request in protobuf; protobuf's own words follow. */
    public static final String NOT_OTLP = "body is not OTLP in protobuf: ";

    private final Door door;
    private final int mostItems;
    private final SpanUsages spans;
    private final GpuPoints points;
    private final LogUsages logs;
    private final CumulativeStreams streams;

    /**
     * Hands over to a door.
     *
     * @param mostItems the most events in a request
     * @param streams what cumulative sums said last, for all doors that a sender may come to
     * @param countsCumulative whether they are counted at all
     */
    public Otlp(
            Door door,
            EventCodec codec,
            int mostItems,
            UsageOrigins origins,
            CumulativeStreams streams,
            boolean countsCumulative,
            Clock clock) {
        this.door = door;
        this.mostItems = mostItems;
        var events = new EventWriter(codec, clock);
        this.spans = new SpanUsages(events, origins);
        this.streams = streams;
        this.points =
                new GpuPoints(
                        events,
                        new TokenMetrics(
                                events,
                                origins,
                                countsCumulative ? Optional.of(streams) : Optional.empty()));
        this.logs = new LogUsages(events, origins);
    }

    /**
     * What a request is answered with once all of it is in Kafka.
     *
     * @param rejected how many spans, points or log records were refused; they are not to be sent
     *     again
     * @param message why, and what else the sender should know; empty for nothing
     */
    public record Reply(long rejected, String message) {

        /** A full success has nothing to say; a warning comes with no rejected items. */
        public boolean isFull() {
            return rejected == 0 && message.isEmpty();
        }
    }

    /** Reads a request into items. */
    private interface Reading {
        void into(Translation translation) throws BadRequestException;
    }

    /**
     * Takes spans as they came in protobuf.
     *
     * @throws BadRequestException where they are none, or too many
     * @throws gpuanalytics.producer.receive.UnavailableException where they are to come again
     */
    public Reply traces(byte[] request) throws BadRequestException, InterruptedException {
        return tell(
                into -> {
                    try {
                        spans.translate(request, into);
                    } catch (InvalidProtocolBufferException e) {
                        throw new BadRequestException(NOT_OTLP + e.getMessage());
                    }
                });
    }

    /**
     * Takes spans.
     *
     * @throws BadRequestException where there are too many
     * @throws gpuanalytics.producer.receive.UnavailableException where they are to come again
     */
    public Reply traces(ExportTraceServiceRequest request)
            throws BadRequestException, InterruptedException {
        return tell(into -> spans.translate(request, into));
    }

    /**
     * Takes metrics.
     *
     * @throws BadRequestException where there are too many
     * @throws gpuanalytics.producer.receive.UnavailableException where they are to come again
     */
    public Reply metrics(ExportMetricsServiceRequest request)
            throws BadRequestException, InterruptedException {
        tellAgain();
        return tell(into -> points.translate(request, into));
    }

    /**
     * Takes log records.
     *
     * @throws BadRequestException where there are too many
     * @throws gpuanalytics.producer.receive.UnavailableException where they are to come again
     */
    public Reply logs(ExportLogsServiceRequest request)
            throws BadRequestException, InterruptedException {
        return tell(into -> logs.translate(request, into));
    }

    /** Nothing more is counted before the rises are in Kafka that were not, or not surely. */
    private void tellAgain() throws InterruptedException {
        var untold = streams.untold();
        if (!untold.isEmpty()) {
            door.tell(untold);
            streams.forget(untold);
        }
    }

    private Reply tell(Reading reading) throws BadRequestException, InterruptedException {
        var translation = new Translation(mostItems);
        boolean isTold = false;
        try {
            reading.into(translation);
            var receipt = door.tell(translation.items());
            isTold = true;
            door.pass(translation.passed());
            return reply(translation, receipt);
        } finally {
            if (!isTold) {
                streams.keep(translation.rises());
            }
        }
    }

    private static Reply reply(Translation translation, Receipt receipt) {
        long rejected = 0;
        for (int i = 0; i < receipt.refusals().size(); i++) {
            if (receipt.refusals().get(i).isPresent()) {
                rejected += translation.parts(i);
            }
        }
        var lines = new ArrayList<String>();
        receipt.firstRefusal()
                .ifPresent(
                        first ->
                                lines.add(
                                        "%d of %d events refused, the first: %s"
                                                .formatted(
                                                        receipt.refused(),
                                                        receipt.refusals().size(),
                                                        first.detail())));
        lines.addAll(translation.warnings());
        return new Reply(rejected, String.join("; ", lines));
    }
}
