package gpuanalytics.placement.model.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.placement.model.NodeFacts;
import gpuanalytics.placement.model.Observation;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.trace.BadInputException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the processor's samples every hour. A pod that had the same GPUs for itself at the last
 * look had them all the time; what they did in between is an observation of it. Used by one thread.
 */
public final class ProcessorObserver {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessorObserver.class);

    /** A look that comes too late tells nothing: pods may have come and gone. */
    private static final Duration LONGEST = Duration.ofHours(3);

    private static final Duration SHORTEST = Duration.ofMinutes(30);

    private final ProcessorApi processor;
    private final PodDirectory pods;
    private final Fragments fragments;
    private final Counter unread;
    private final Clock clock;
    private final int maxPods;
    private @Nullable Instant lookedAt;
    private Map<String, Held> held = Map.of();

    /** What typical requests cannot use of nodes. */
    @FunctionalInterface
    public interface Fragments {

        /** Where it is known of no node. */
        Fragments NONE = (_, _) -> Double.NaN;

        /** Such free GPUs of a node as it would be without a pod; NaN where that is not known. */
        double gpus(String node, String uid);
    }

    private record Fault(String pod, BadInputException why) {}

    /** What a pod had at the last look, and what was known of it then. */
    private record Held(PodGpus holding, @Nullable Double restarts, @Nullable Double fragment) {}

    /**
     * Has not looked yet.
     *
     * @param maxPods of more pods the first by name are observed
     */
    public ProcessorObserver(
            ProcessorApi processor,
            PodDirectory pods,
            Fragments fragments,
            int maxPods,
            MeterRegistry registry,
            Clock clock) {
        this.processor = processor;
        this.pods = pods;
        this.fragments = fragments;
        unread =
                Counter.builder("placement.outcomes.unread")
                        .description(
                                "Pods of which the models learn nothing, as samples could not be"
                                        + " read")
                        .register(registry);
        this.maxPods = maxPods;
        this.clock = clock;
    }

    /**
     * Looks, and tells what has happened since the last look; nothing at the first one.
     *
     * <p>A pod whose samples cannot be read is left out, is counted and is told of.
     *
     * @throws BadInputException where the processor does not answer, or for no pod at all
     */
    public List<Observation> look() throws BadInputException, InterruptedException {
        var now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        var from = lookedAt;
        if (from != null && Duration.between(from, now).compareTo(SHORTEST) < 0) {
            return List.of();
        }
        var before = held;
        lookedAt = null;
        held = Map.of();
        var holdings = PodGpus.all(processor.get("/gpu/info?max_age=15m"));
        var observations = new ArrayList<Observation>();
        var faults = new ArrayList<Fault>();
        boolean isInTime = from != null && Duration.between(from, now).compareTo(LONGEST) <= 0;
        if (from != null && isInTime) {
            for (var each : before.entrySet()) {
                var same = holdings.get(each.getKey());
                if (same != null && same.gpus().equals(each.getValue().holding().gpus())) {
                    try {
                        observations.add(observation(each.getValue(), from, now));
                    } catch (BadInputException e) {
                        faults.add(new Fault(each.getKey(), e)); // the others are told
                    }
                }
            }
        }
        remember(holdings, now);
        tell(faults, observations.size());
        return observations;
    }

    private void tell(List<Fault> faults, int observed) throws BadInputException {
        if (faults.isEmpty()) {
            return;
        }
        unread.increment(faults.size());
        var first = Collections.min(faults, Comparator.comparing(Fault::pod));
        if (observed == 0) {
            throw first.why();
        }
        LOG.atWarn()
                .addKeyValue("pods", faults.size())
                .addKeyValue("observed", observed)
                .addKeyValue("first", first.pod())
                .addKeyValue("why", first.why().line())
                .log("what pods did in this hour is not known");
    }

    private void remember(Map<String, PodGpus> holdings, Instant now) {
        var next = new HashMap<String, Held>();
        holdings.entrySet().stream()
                .limit(maxPods)
                .forEach(
                        each -> {
                            var holding = each.getValue();
                            var facts = pods.find(holding.namespace(), holding.pod());
                            // without its UID a pod cannot be taken away from its node
                            double fragment =
                                    facts.map(known -> fragments.gpus(holding.node(), known.uid()))
                                            .orElse(Double.NaN);
                            next.put(
                                    each.getKey(),
                                    new Held(
                                            holding,
                                            facts.map(PodDirectory.Facts::restarts).orElse(null),
                                            Double.isNaN(fragment) ? null : fragment));
                        });
        held = next;
        lookedAt = now;
    }

    private Observation observation(Held before, Instant from, Instant to)
            throws BadInputException, InterruptedException {
        var holding = before.holding();
        var readings = new Readings(holding.gpus().size(), Duration.between(from, to));
        for (var gpu : holding.gpus()) {
            readings.add(
                    processor.get(
                            "/gpus/series?gpu=%s&from=%s&to=%s&step=1m"
                                    .formatted(URLEncoder.encode(gpu, UTF_8), from, to)));
        }
        var facts = pods.find(holding.namespace(), holding.pod()).orElseGet(() -> facts(holding));
        return new Observation(
                facts.uid(),
                facts.workload(),
                facts.request().on(holding.gpuModel()),
                new NodeFacts(holding.node().isBlank() ? null : holding.node(), before.fragment()),
                from,
                to,
                readings.outcome(restarts(before.restarts(), facts.restarts())),
                null);
    }

    private static @Nullable Double restarts(@Nullable Double before, @Nullable Double now) {
        return before == null || now == null ? null : Math.max(0, now - before);
    }

    private static PodDirectory.Facts facts(PodGpus holding) {
        var workload =
                new Workload(
                        holding.namespace(),
                        WorkloadName.of(holding.pod()),
                        holding.team(),
                        null,
                        null);
        var request = new RequestFacts(null, null, 1000.0, (double) holding.gpus().size(), null);
        return new PodDirectory.Facts(
                holding.namespace() + "/" + holding.pod(), workload, request, null);
    }
}
