package gpuanalytics.processor.reject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class OncePerMinuteTest {

    private Instant now = Instant.parse("2026-01-31T12:00:00Z");
    private final OncePerMinute<String> notices = new OncePerMinute<>(new Settable());

    @Test
    void tellsOfTheFirstAtOnceAndThenOncePerMinuteOfAllSince() {
        assertEquals(3, notices.tell("not_json", 3));
        assertEquals(0, notices.tell("not_json", 1000));
        now = now.plus(Duration.ofSeconds(59));
        assertEquals(0, notices.tell("not_json", 1));
        now = now.plus(Duration.ofSeconds(1));

        assertEquals(1002, notices.tell("not_json", 1));
        assertEquals(0, notices.tell("not_json", 1));
    }

    @Test
    void tellsOfEachKindByItself() {
        assertEquals(1, notices.tell("not_json", 1));
        assertEquals(2, notices.tell("too_old", 2));
    }

    private final class Settable extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
