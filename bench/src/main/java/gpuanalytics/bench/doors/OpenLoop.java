package gpuanalytics.bench.doors;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends every call at its time, and again until it is acknowledged. So many as may be under way
 * take calls in their order; a call that finds none of them free starts late and is counted as
 * late, so a door that stands still cannot hide the calls that it would have had.
 */
final class OpenLoop {

    private static final long FIRST_PAUSE_MILLIS = 25;
    private static final int MOST_DOUBLINGS = 5;

    private final LoadOptions options;
    private final Calls calls;
    private final List<DoorClient> clients;
    private final Latencies latencies;
    private final AtomicLong next = new AtomicLong();
    private final LongAdder refusedCalls = new LongAdder();
    private final AtomicReference<Sums> acknowledged = new AtomicReference<>(Sums.NONE);
    private final AtomicReference<String> firstRefusal = new AtomicReference<>("");
    private final AtomicReference<String> firstWarning = new AtomicReference<>("");
    private final AtomicReference<String> lastRetry = new AtomicReference<>("");

    OpenLoop(LoadOptions options, Calls calls, List<DoorClient> clients, Latencies latencies) {
        this.options = options;
        this.calls = calls;
        this.clients = clients;
        this.latencies = latencies;
    }

    /**
     * Returns when every call is acknowledged or refused for good.
     *
     * @throws IllegalStateException where a call was given up: whether it counts is not known
     */
    void run() throws InterruptedException {
        var schedule = new Schedule(System.nanoTime(), options.perSecond());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            var slots = new ExecutorCompletionService<Void>(threads);
            Callable<Void> slot = () -> sendAll(schedule);
            for (int i = 0; i < options.inFlight(); i++) {
                var _ = slots.submit(slot);
            }
            for (int i = 0; i < options.inFlight(); i++) {
                var _ = slots.take().get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IllegalStateException givenUp
                    ? givenUp
                    : new IllegalStateException("a call failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    private Void sendAll(Schedule schedule) throws InterruptedException {
        var sums = Sums.NONE;
        for (long call = next.getAndIncrement(); isWanted(call); call = next.getAndIncrement()) {
            long intended = schedule.await(call);
            if (send(call, intended)) {
                sums = sums.plus(calls.sums(call));
            }
        }
        acknowledged.accumulateAndGet(sums, Sums::plus);
        return null;
    }

    private boolean isWanted(long call) {
        return call < options.calls()
                && options.until().filter(file -> Files.exists(file)).isEmpty();
    }

    /** Sends a call until it is answered for good; whether it was acknowledged. */
    private boolean send(long call, long intended) throws InterruptedException {
        long began = System.nanoTime();
        for (int attempt = 0; ; attempt++) {
            long sent = System.nanoTime();
            // by its number at first, then by turns: whoever took it may be gone
            var client = clients.get((int) ((call + attempt) % clients.size()));
            switch (client.tell(call)) {
                case Answer.Acknowledged(var warning) -> {
                    latencies.accepted(intended, attempt > 0);
                    noteFirst(firstWarning, warning);
                    return true;
                }
                case Answer.Refused(var reason) -> {
                    latencies.refused(sent);
                    refusedCalls.increment();
                    noteFirst(firstRefusal, reason);
                    return false;
                }
                case Answer.ComeAgain(var reason, var after) -> {
                    latencies.refused(sent);
                    lastRetry.set(reason);
                    requireTime(call, sent - began, reason);
                    Thread.sleep(after.isPresent() ? after.get() : pause(attempt));
                }
            }
        }
    }

    /** A call that started late, as others kept the doors busy, has all of its time before it. */
    private void requireTime(long call, long nanos, String reason) {
        if (nanos > options.giveUp().toNanos()) {
            throw new IllegalStateException(
                    "call %d is not acknowledged within %d s: %s"
                            .formatted(call, options.giveUp().toSeconds(), reason));
        }
    }

    private static Duration pause(int attempt) {
        long most = FIRST_PAUSE_MILLIS << Math.min(attempt, MOST_DOUBLINGS);
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }

    private static void noteFirst(AtomicReference<String> into, String text) {
        if (!text.isEmpty()) {
            var _ = into.compareAndSet("", text);
        }
    }

    /** What was acknowledged, once {@link #run} has returned. */
    Sums acknowledged() {
        return acknowledged.get();
    }

    /** How many calls were refused for good. */
    long refusedCalls() {
        return refusedCalls.sum();
    }

    /** Why the first one was; empty where none was. */
    String firstRefusal() {
        return firstRefusal.get();
    }

    /** The first thing that a door said beside an acknowledgement; empty for nothing. */
    String firstWarning() {
        return firstWarning.get();
    }

    /** Why the last attempt was to come again; empty where none was. */
    String lastRetry() {
        return lastRetry.get();
    }
}
