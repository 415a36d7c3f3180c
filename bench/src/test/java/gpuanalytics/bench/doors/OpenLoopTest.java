package gpuanalytics.bench.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenLoopTest {

    private static final int CALLS = 100;

    private final Calls calls = new Calls(5, 3, 2, Instant.parse("2026-01-01T00:00:00Z"));
    private Latencies latencies = new Latencies(0);

    private interface Answering {
        Answer to(long call) throws InterruptedException;
    }

    private OpenLoop run(String options, Answering door) throws InterruptedException {
        var client =
                new DoorClient() {
                    @Override
                    public Answer tell(long call) throws InterruptedException {
                        return door.to(call);
                    }

                    @Override
                    public void close() {}
                };
        var parsed = LoadOptions.parse(("--calls " + CALLS + " " + options).split(" "));
        var loop = new OpenLoop(parsed, calls, List.of(client), latencies);
        loop.run();
        return loop;
    }

    private Sums sums(long from, long to) {
        var sums = Sums.NONE;
        for (long call = from; call < to; call++) {
            sums = sums.plus(calls.sums(call));
        }
        return sums;
    }

    @Test
    void callsOfTheWarmUpAreCountedAndNotTimed() throws Exception {
        latencies = new Latencies(40);

        var loop = run("--rate max --warm-up 40", _ -> new Answer.Acknowledged(""));

        assertEquals(sums(0, CALLS), loop.acknowledged());
        assertEquals(CALLS, latencies.acceptedCalls());
        assertEquals(CALLS - 40, latencies.timedCalls());
    }

    @Test
    void callsThatADoorKeptWaitingAreLateFromTheTimeAtWhichTheyWereToStart() throws Exception {
        var stands = Duration.ofMillis(300);
        run(
                "--rate 1000 --in-flight 1",
                call -> {
                    if (call == 0) {
                        Thread.sleep(stands);
                    }
                    return new Answer.Acknowledged("");
                });
        // The last of them was to start after a tenth of a second, and the first let none by.
        long least = stands.toMillis() - CALLS;
        assertTrue(latencies.acceptedMillis(1) >= least, () -> "" + latencies.acceptedMillis(1));
    }

    @Test
    void aCallThatIsToComeAgainCountsOnceWhenItIsAcknowledged() throws Exception {
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        var loop =
                run(
                        "--rate max",
                        call ->
                                seen.add(call)
                                        ? new Answer.ComeAgain("full", Optional.of(Duration.ZERO))
                                        : new Answer.Acknowledged(""));
        assertEquals(sums(0, CALLS), loop.acknowledged());
        assertEquals(CALLS, latencies.acceptedCalls());
        assertEquals(CALLS, latencies.retriedCalls());
        assertEquals("full", loop.lastRetry());
    }

    @Test
    void noCallIsBegunOnceItIsEnoughAndWhatWasBegunCounts(@TempDir Path directory)
            throws Exception {
        var enough = directory.resolve("enough");
        var loop =
                run(
                        "--rate max --in-flight 1 --until " + enough,
                        call -> {
                            if (call == 10) {
                                create(enough);
                            }
                            return new Answer.Acknowledged("");
                        });
        assertEquals(sums(0, 11), loop.acknowledged());
    }

    private static void create(Path file) {
        try {
            Files.createFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aRefusedCallIsNotSentAgainAndIsNotInTheSums() throws Exception {
        var loop =
                run(
                        "--rate max",
                        call ->
                                call < 10
                                        ? new Answer.Refused("bad")
                                        : new Answer.Acknowledged(""));
        assertEquals(sums(10, CALLS), loop.acknowledged());
        assertEquals(10, loop.refusedCalls());
        assertEquals("bad", loop.firstRefusal());
    }

    @Test
    void givesUpWithTheReasonWhenNothingIsAcknowledged() {
        var failure =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                run(
                                        "--rate max --give-up 50ms",
                                        call -> new Answer.ComeAgain("away", Optional.empty())));
        var message = failure.getMessage();
        assertTrue(message != null && message.endsWith("away"), message);
    }

    @Test
    void aCallThatStartsLateIsSentAgainForAsLongAsAnyOther() throws Exception {
        Set<Long> seen = ConcurrentHashMap.newKeySet();
        var loop =
                run(
                        "--rate 100000 --in-flight 1 --give-up 200ms",
                        call -> {
                            if (call == 0) {
                                Thread.sleep(Duration.ofMillis(400));
                            } else if (seen.add(call)) {
                                return new Answer.ComeAgain("full", Optional.of(Duration.ZERO));
                            }
                            return new Answer.Acknowledged("");
                        });
        assertEquals(sums(0, CALLS), loop.acknowledged());
    }

    @Test
    void theScheduleKeepsItsRateOverManyCalls() {
        var schedule = new Schedule(-5, 3);
        assertEquals(-5, schedule.intended(0));
        assertEquals(333_333_328, schedule.intended(1));
        assertEquals(9_999_999_999L - 5 + 1, schedule.intended(30));
        var year = new Schedule(0, 1_000_000);
        assertEquals(31_536_000_000_000_000L, year.intended(31_536_000_000_000L));
    }
}
