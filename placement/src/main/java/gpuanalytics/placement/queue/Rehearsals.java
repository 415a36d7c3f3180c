package gpuanalytics.placement.queue;

import gpuanalytics.placement.rehearse.Rehearsal;
import gpuanalytics.placement.report.Findings;
import gpuanalytics.placement.trace.BadInputException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rehearsals that others ask for: one runs, {@code maxWaiting} wait, the latest {@code maxKept}
 * that have ended are kept, in memory. Any thread may ask.
 */
public final class Rehearsals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rehearsals.class);

    /** 64 MiB. */
    private static final double MAX_CELLS = 8 << 20;

    private final RehearsalLimits limits;
    private final Clock clock;
    private final MeterRegistry registry;
    private final ThreadPoolExecutor worker;
    private final Map<String, KeptRehearsal> kept = new LinkedHashMap<>();

    public Rehearsals(RehearsalLimits limits, Clock clock, MeterRegistry registry) {
        this.limits = limits;
        this.clock = clock;
        this.registry = registry;
        worker =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(limits.maxWaiting()),
                        Thread.ofPlatform().name("rehearsals").daemon().factory());
    }

    public RehearsalLimits limits() {
        return limits;
    }

    /**
     * Takes one.
     *
     * @throws BadInputException where it is larger than it may be
     * @throws RefusedOrderException where too many wait
     */
    public synchronized KeptRehearsal take(RehearsalOrder order)
            throws BadInputException, RefusedOrderException {
        check(order);
        var rehearsal = new KeptRehearsal(UUID.randomUUID().toString(), order, clock.instant());
        try {
            worker.execute(() -> run(order, rehearsal));
        } catch (RejectedExecutionException e) {
            throw new RefusedOrderException(
                    worker.isShutdown()
                            ? "the server ends"
                            : "%d rehearsals wait, which is the limit"
                                    .formatted(limits.maxWaiting()));
        }
        kept.put(rehearsal.id(), rehearsal);
        forgetOldest();
        return rehearsal;
    }

    private void check(RehearsalOrder order) throws BadInputException {
        if (order.decisions() > limits.maxDecisions()) {
            throw new BadInputException(
                    String.format(
                            Locale.ROOT,
                            "seeds x policies x requests is %d x %d x %.0f, expected at most %d",
                            order.plan().seeds(),
                            order.plan().policies().size(),
                            order.workload().arrivals(order.plan().targetPercent()),
                            limits.maxDecisions()));
        }
        if (order.cells() > MAX_CELLS) {
            throw new BadInputException(
                    "kinds of requests x GPU models x runs is %d x %d x %d, expected at most %.0f"
                            .formatted(
                                    order.workload().kinds().size(),
                                    order.workload().models().size(),
                                    order.runs(),
                                    MAX_CELLS));
        }
    }

    private void forgetOldest() {
        var ended = kept.values().stream().filter(KeptRehearsal::hasEnded).toList();
        for (int number = 0; number < ended.size() - limits.maxKept(); number++) {
            kept.remove(ended.get(number).id());
        }
    }

    private void run(RehearsalOrder order, KeptRehearsal rehearsal) {
        var started = clock.instant();
        rehearsal.started(started);
        try {
            var result =
                    Rehearsal.run(
                            order.workload(),
                            order.plan(),
                            limits.threads(),
                            rehearsal::runEnded,
                            limits.timeout());
            rehearsal.done(clock.instant(), new Findings(result, order.prices()));
        } catch (TimeoutException e) {
            rehearsal.failed(
                    clock.instant(),
                    "it has run for %d s, expected at most that"
                            .formatted(limits.timeout().toSeconds()));
        } catch (InterruptedException e) {
            rehearsal.failed(clock.instant(), "the server ended");
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.atWarn().setCause(e).log("a rehearsal failed");
            rehearsal.failed(clock.instant(), "it failed, the log says why");
        }
        Timer.builder("placement.rehearsals")
                .tag("status", rehearsal.status().label())
                .register(registry)
                .record(Duration.between(started, clock.instant()));
    }

    /** One that is waiting, running or kept. */
    public synchronized Optional<KeptRehearsal> find(String id) {
        return Optional.ofNullable(kept.get(id));
    }

    /** All of them, the latest first. */
    public synchronized List<KeptRehearsal> latest() {
        return new ArrayList<>(kept.values()).reversed();
    }

    /** Ends the one that runs; those that wait are given up. */
    @Override
    public void close() {
        worker.shutdownNow();
    }
}
