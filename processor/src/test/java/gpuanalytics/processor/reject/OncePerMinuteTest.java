package gpuanalytics.processor.reject;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OncePerMinuteTest {

    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-31T12:00:00Z"));
    private final OncePerMinute<String> notices = new OncePerMinute<>(clock);

    @Test
    void tellsOfTheFirstAtOnceAndThenOncePerMinuteOfAllSince() {
        assertEquals(3, notices.tell("not_json", 3));
        assertEquals(0, notices.tell("not_json", 1000));
        clock.advance(Duration.ofSeconds(59));
        assertEquals(0, notices.tell("not_json", 1));
        clock.advance(Duration.ofSeconds(1));

        assertEquals(1002, notices.tell("not_json", 1));
        assertEquals(0, notices.tell("not_json", 1));
    }

    @Test
    void tellsOfEachKindByItself() {
        assertEquals(1, notices.tell("not_json", 1));
        assertEquals(2, notices.tell("too_old", 2));
    }
}
