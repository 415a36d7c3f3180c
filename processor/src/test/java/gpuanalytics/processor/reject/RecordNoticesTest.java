package gpuanalytics.processor.reject;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.DeadLetter;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.consume.TestRecords;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RecordNoticesTest {

    private final Logger log = (Logger) LoggerFactory.getLogger(RecordNotices.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final RecordNotices notices =
            new RecordNotices(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    @BeforeEach
    void listen() {
        lines.start();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
    }

    @AfterEach
    void leave() {
        log.detachAppender(lines);
        log.setLevel(null);
    }

    @Test
    void tellsOncePerReasonWhereTheFirstRejectedRecordLies() {
        for (int i = 0; i < 1000; i++) {
            notices.rejected(letter(42 + i, RejectReason.NOT_JSON, "no object"), 3);
            notices.rejected(letter(77 + i, RejectReason.TOO_OLD, "ts is 1970"), 1);
        }

        assertEquals(
                List.of(
                        "records are rejected, see the dead letters reason=\"not_json\""
                                + " records=\"3\" example=\"token.usage.v1/3/42\""
                                + " detail=\"no object\"",
                        "records are rejected, see the dead letters reason=\"too_old\""
                                + " records=\"1\" example=\"token.usage.v1/3/77\""
                                + " detail=\"ts is 1970\""),
                told());
    }

    @Test
    void tellsOnceWhereTheFirstRepeatLies() {
        for (int i = 0; i < 1000; i++) {
            notices.repeated(record(5 + i), "r:request-" + i, 2);
        }

        assertEquals(
                List.of(
                        "events are repeats of others and do not count events=\"2\""
                                + " example=\"token.usage.v1/3/5\" id=\"r:request-0\""),
                told());
    }

    @Test
    void tellsWhichEventOfARecordOfSeveralItIs() {
        var record = record(9).item("y".getBytes(UTF_8), 3, false);

        notices.rejected(new DeadLetter(record, RejectReason.NOT_JSON, "no object"), 1);

        assertTrue(told().getFirst().contains("example=\"token.usage.v1/3/9/3\""), told() + "");
    }

    private List<String> told() {
        return lines.list.stream()
                .map(
                        line -> {
                            var text = new StringBuilder(line.getMessage());
                            line.getKeyValuePairs().forEach(pair -> text.append(' ').append(pair));
                            return text.toString();
                        })
                .toList();
    }

    private static DeadLetter letter(long offset, RejectReason reason, String detail) {
        return new DeadLetter(record(offset), reason, detail);
    }

    private static RawRecord record(long offset) {
        return TestRecords.of(EventTopic.TOKEN_USAGE, "x".getBytes(UTF_8), offset, Map.of());
    }
}
