package gpuanalytics.bench.doors;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What goes wrong beside a load: doors are killed in turn, and the broker is away once. */
final class Trouble implements AutoCloseable {

    private static final Duration TICK = Duration.ofMillis(50);

    /** The broker goes when this part of the calls is acknowledged. */
    private static final int PART_BEFORE_THE_BROKER_GOES = 3;

    private final OwnStack stack;
    private final LoadOptions options;
    private final Latencies latencies;
    private final Thread doorThread;
    private final Thread brokerThread;
    private final AtomicInteger kills = new AtomicInteger();
    private volatile boolean wasAway;
    private volatile Optional<RuntimeException> failure = Optional.empty();

    private Trouble(OwnStack stack, LoadOptions options, Latencies latencies) {
        this.stack = stack;
        this.options = options;
        this.latencies = latencies;
        this.doorThread = thread("kills", this::killDoors);
        this.brokerThread = thread("away", this::takeBrokerAway);
    }

    /** Makes the trouble that is asked for, until it is closed. */
    static Trouble start(OwnStack stack, LoadOptions options, Latencies latencies) {
        var trouble = new Trouble(stack, options, latencies);
        trouble.doorThread.start();
        trouble.brokerThread.start();
        return trouble;
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private Thread thread(String name, Work work) {
        return Thread.ofPlatform()
                .daemon()
                .name("trouble-" + name)
                .unstarted(
                        () -> {
                            try {
                                work.run();
                            } catch (InterruptedException _) {
                                // the load has ended
                            } catch (RuntimeException e) {
                                failure = Optional.of(e);
                            }
                        });
    }

    private void killDoors() throws InterruptedException {
        if (options.killEvery().isEmpty()) {
            return;
        }
        while (true) {
            Thread.sleep(options.killEvery().get());
            var door = stack.doors().get(kills.get() % stack.doors().size());
            try {
                door.kill();
                kills.incrementAndGet();
            } finally {
                door.startAgain();
            }
        }
    }

    private void takeBrokerAway() throws InterruptedException {
        if (options.kafkaAway().isEmpty()) {
            return;
        }
        while (latencies.acceptedCalls() < options.calls() / PART_BEFORE_THE_BROKER_GOES) {
            Thread.sleep(TICK);
        }
        stack.killBroker();
        try {
            Thread.sleep(options.kafkaAway().get());
        } finally {
            stack.restartBroker();
            wasAway = true;
        }
    }

    /** How many doors were killed so far. */
    int kills() {
        return kills.get();
    }

    /** Whether the broker was away and is back. */
    boolean wasAway() {
        return wasAway;
    }

    /** Ends it; the broker is there afterwards, and each door at least starts. */
    @Override
    public void close() {
        doorThread.interrupt();
        brokerThread.interrupt();
        try {
            doorThread.join();
            brokerThread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
