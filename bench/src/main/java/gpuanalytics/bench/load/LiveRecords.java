package gpuanalytics.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Records of events of now, made from ones that lie ready: only when each happened, and of a usage
 * which request it was, is written anew. So a feed takes little of the machine that it measures.
 */
final class LiveRecords {

    /** A multiple of every fleet's size, so that each sender has as many as the next. */
    static final int READY = 100_000;

    private static final int NONE = -1;

    /** Has every digit of its text. */
    private static final Instant READY_AT = Instant.parse("2026-01-01T00:00:00.001Z");

    private static final byte[] READY_TEXT = READY_AT.toString().getBytes(ISO_8859_1);
    private static final DateTimeFormatter TO_SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final int FRACTION = READY_TEXT.length - "001Z".length();
    private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(ISO_8859_1);

    private final String topic;
    private final Ready[] ready = new Ready[READY];
    private long second = Long.MIN_VALUE;
    private byte[] secondText = new byte[0];

    /** A record, and where in its value time and request are; of a sample there is no request. */
    private record Ready(ProducerRecord<byte[], byte[]> record, int time, int request) {}

    /** Makes ready what is like the first events of a stream. */
    LiveRecords(EventStream events, String topic) {
        this.topic = topic;
        for (int number = 0; number < READY; number++) {
            ready[number] = ready(events.event(number, READY_AT));
        }
    }

    private Ready ready(Event event) {
        var record = TopicFiller.record(topic, event);
        int request =
                event.topic() == EventTopic.TOKEN_USAGE
                        ? place(record.value(), event.require(TokenUsage.REQUEST_ID))
                        : NONE;
        return new Ready(record, place(record.value(), READY_AT.toString()), request);
    }

    private static int place(byte[] value, String text) {
        int place = new String(value, ISO_8859_1).indexOf(text);
        if (place < 0) {
            throw new IllegalStateException("no %s in a record".formatted(text));
        }
        return place;
    }

    /**
     * The record of an event.
     *
     * @param number from 0
     * @param at when it happened, of which the milliseconds count
     */
    ProducerRecord<byte[], byte[]> record(long number, Instant at) {
        var like = ready[(int) (number % READY)];
        var value = like.record.value().clone();
        writeTime(at, value, like.time);
        if (like.request != NONE) {
            writeRequest(number, value, like.request);
        }
        return new ProducerRecord<>(topic, like.record.key(), value);
    }

    private void writeTime(Instant at, byte[] value, int place) {
        if (at.getEpochSecond() != second) {
            second = at.getEpochSecond();
            secondText = TO_SECOND.format(at).getBytes(ISO_8859_1);
        }
        System.arraycopy(secondText, 0, value, place, secondText.length);
        int millis = at.getNano() / 1_000_000;
        value[place + FRACTION] = (byte) ('0' + millis / 100);
        value[place + FRACTION + 1] = (byte) ('0' + millis / 10 % 10);
        value[place + FRACTION + 2] = (byte) ('0' + millis % 10);
    }

    /** As the stream's own are: its kind and 16 digits, of each number others. */
    private static void writeRequest(long number, byte[] value, int place) {
        long mix = Mix.of(0, number);
        int digits = place + "req-".length();
        for (int i = 0; i < Long.BYTES * 2; i++) {
            value[digits + i] = HEX_DIGITS[(int) (mix >>> (60 - 4 * i)) & 0xf];
        }
    }
}
