package gpuanalytics.producer.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutageWatchTest {

    private static final Instant START = Instant.parse("2026-03-02T10:00:00Z");

    private final OutageWatch watch = new OutageWatch(Duration.ofSeconds(5));

    @Test
    void silenceWhileNothingIsUnderWayIsNoOutage() {
        watch.sending(START);
        watch.answered(START.plusSeconds(1));

        assertFalse(watch.isOutage(START.plusSeconds(100)));
    }

    @Test
    void silenceWhileRecordsWaitIsOne() {
        watch.sending(START);
        watch.sending(START.plusSeconds(3));
        watch.answered(START.plusSeconds(4));

        assertFalse(watch.isOutage(START.plusSeconds(9)));
        assertTrue(watch.isOutage(START.plusSeconds(10)));
    }

    @Test
    void aRecordThatCannotBeHandedOverIsWaitingToo() {
        watch.sending(START);
        watch.notTaken();
        watch.sending(START.plusSeconds(3));
        watch.notTaken();

        assertTrue(watch.isOutage(START.plusSeconds(6)));
        assertEquals(0, watch.underWay());
    }

    @Test
    void aRecordThatIsGivenUpWaitsNoMore() {
        watch.sending(START);
        watch.sending(START.plusSeconds(1));
        watch.givenUp();
        assertTrue(watch.isOutage(START.plusSeconds(6)));

        watch.givenUp();

        assertFalse(watch.isOutage(START.plusSeconds(100)));
        assertEquals(0, watch.underWay());
    }

    @Test
    void anAnswerEndsIt() {
        watch.sending(START);
        assertTrue(watch.isOutage(START.plusSeconds(6)));

        watch.answered(START.plusSeconds(7));

        assertFalse(watch.isOutage(START.plusSeconds(7)));
    }

    @Test
    void waitsUntilNothingIsUnderWay() throws InterruptedException {
        watch.sending(START);
        assertFalse(watch.awaitNoneUnderWay(Duration.ofMillis(1)));

        watch.answered(START);

        assertTrue(watch.awaitNoneUnderWay(Duration.ofMillis(1)));
    }
}
