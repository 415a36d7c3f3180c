package gpuanalytics.processor.reject;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.DeadLetter;
import gpuanalytics.processor.consume.RawRecord;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log of records that do not count, or not as their sender may think: at most one line
 * per kind and minute, with where the first of them lies. The counters have them all, the dead
 * letters the rejected ones.
 */
public final class RecordNotices {

    private static final Logger log = LoggerFactory.getLogger(RecordNotices.class);

    /** What rejections are told apart by. */
    record Rejection(EventTopic topic, RejectReason reason) {

        static Rejection of(DeadLetter letter) {
            return new Rejection(letter.record().partition().kind(), letter.reason());
        }
    }

    private final OncePerMinute<Rejection> rejections;
    private final OncePerMinute<EventTopic> repeats;
    private final OncePerMinute<String> reuses;

    public RecordNotices(Clock clock) {
        this.rejections = new OncePerMinute<>(clock);
        this.repeats = new OncePerMinute<>(clock);
        this.reuses = new OncePerMinute<>(clock);
    }

    /** So many records are rejected for one reason; this is the first of them. */
    public void rejected(DeadLetter first, long count) {
        var records = rejections.tell(Rejection.of(first), count);
        if (records > 0) {
            log.atWarn()
                    .addKeyValue("reason", first.reason().label())
                    .addKeyValue("records", records)
                    .addKeyValue("example", position(first.record()))
                    .addKeyValue("detail", first.detail())
                    .log("records are rejected, see the dead letters");
        }
    }

    /** So many events repeat what another record has brought; this is the first of them. */
    public void repeated(RawRecord first, String id, long count) {
        var events = repeats.tell(first.partition().kind(), count);
        if (events > 0) {
            log.atInfo()
                    .addKeyValue("events", events)
                    .addKeyValue("example", position(first))
                    .addKeyValue("id", id)
                    .log("events are repeats of others and do not count");
        }
    }

    /**
     * So many requests of a provider came under ids that others have; this is the first of them.
     */
    public void reused(RawRecord first, String id, String provider, long count) {
        var requests = reuses.tell("", count);
        if (requests > 0) {
            log.atWarn()
                    .addKeyValue("requests", requests)
                    .addKeyValue("provider", provider)
                    .addKeyValue("example", position(first))
                    .addKeyValue("id", id)
                    .log("other requests came under request ids that are taken; both count");
        }
    }

    private static String position(RawRecord record) {
        var partition = record.partition();
        var at = partition.topic() + "/" + partition.number() + "/" + record.offset();
        return record.item() == 0 ? at : at + "/" + record.item();
    }
}
