package gpuanalytics.producer.receive.prometheus;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.Receipt;
import gpuanalytics.producer.receive.WriteSettings;
import gpuanalytics.producer.translate.EventWriter;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests of Prometheus' remote write. Any thread may ask. */
public final class RemoteWrite {

    private static final Logger LOG = LoggerFactory.getLogger(RemoteWrite.class);

    private final Door door;
    private final EventWriter events;
    private final WriteSettings settings;
    private final int mostItems;
    private final CounterBook book;
    private final AtomicBoolean hasWarned = new AtomicBoolean();

    private RemoteWrite(Door door, EventWriter events, WriteSettings settings, int mostItems) {
        this.door = door;
        this.events = events;
        this.settings = settings;
        this.mostItems = mostItems;
        this.book = new CounterBook(settings.maxSeries());
    }

    /** Hands over to a door. */
    public static RemoteWrite of(DoorSettings settings, Door door, Clock clock) {
        return new RemoteWrite(
                door,
                new EventWriter(new EventCodec(settings.events()), clock),
                settings.write(),
                settings.limits().maxItems());
    }

    /**
     * Takes a request, and returns when all of it is in Kafka.
     *
     * @param body in protobuf, decompressed
     * @return why some of it was refused; empty where none was
     * @throws BadRequestException where it is none, or too much
     * @throws gpuanalytics.producer.receive.UnavailableException where it is to come again
     */
    public Optional<String> tell(byte[] body) throws BadRequestException, InterruptedException {
        var translation = new WriteTranslation(events, settings, book);
        translation.translate(WriteRequest.read(body), mostItems);
        var receipt = door.tell(translation.items());
        translation.commit();
        door.pass(translation.passed());
        if (translation.uncounted() > 0 && hasWarned.compareAndSet(false, true)) {
            LOG.warn(
                    "counters of tokens that Prometheus writes are not counted, expected"
                            + " DOOR_WRITE_USAGE=true where one replica takes all of them");
        }
        return refusal(receipt);
    }

    private static Optional<String> refusal(Receipt receipt) {
        return receipt.firstRefusal()
                .map(
                        first ->
                                "%d of %d events refused, the others are taken; the first: %s"
                                        .formatted(
                                                receipt.refused(),
                                                receipt.refusals().size(),
                                                first.detail()));
    }
}
