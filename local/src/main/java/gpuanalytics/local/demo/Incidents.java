package gpuanalytics.local.demo;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.synthetic.Fleet;
import gpuanalytics.producer.source.synthetic.FleetGpu;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on the day of the demonstration: a GPU whose owner wastes it, one that throttles,
 * one that stops with an XID error, a host that is silent again and again, three hours of which
 * nothing is known at all, and usages that come in late, as a file does.
 */
final class Incidents {

    /** The owner of the GPU that is wasted. */
    static final String WASTER = "research";

    /** "Fallen off the bus": the GPU is gone until its host is started anew. */
    static final long XID = 79;

    private static final Comparator<Map.Entry<String, Double>> MOST_FIRST =
            Map.Entry.<String, Double>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey());

    private static final double HELD_MEMORY = 0.92;
    private static final double HELD_WATTS = 71;
    private static final double HOT_C = 91;
    private static final double SLOW_CLOCK = 0.55;
    private static final double THROTTLED_SHARE = 0.6;

    /** Minutes after the day's beginning. */
    private record Minutes(int from, int to) {

        boolean has(Duration age) {
            return age.compareTo(Duration.ofMinutes(from)) >= 0
                    && age.compareTo(Duration.ofMinutes(to)) < 0;
        }
    }

    private static final Minutes NOTHING_KNOWN = new Minutes(540, 720);
    private static final Minutes LATE = new Minutes(1020, 1140);

    /** Short enough for everybody to see that the host was there all the same. */
    private static final List<Minutes> HOST_SILENT =
            List.of(new Minutes(840, 880), new Minutes(900, 940), new Minutes(960, 1000));

    private static final Duration THROTTLES_FROM = Duration.ofHours(6);
    private static final Duration XID_FROM = Duration.ofHours(20);
    private static final Duration RETRIED = Duration.ofMinutes(10);

    private final DemoTime time;
    private final FleetGpu wasted;
    private final String silentHost;
    private final Queue<Event> late = new ArrayDeque<>();
    private final Map<String, Double> work = new HashMap<>();
    private @Nullable String throttling;
    private @Nullable String fallen;

    Incidents(Fleet fleet, DemoTime time) {
        this.time = time;
        this.wasted = fleet.gpus().getFirst();
        this.silentHost = fleet.gpus().getLast().host();
    }

    /** What becomes of an event; empty where nobody tells it, or not yet. */
    Optional<Event> told(Event event) {
        var age = Duration.between(time.start(), event.ts());
        if (NOTHING_KNOWN.has(age)) {
            return Optional.empty();
        }
        return event.topic() == EventTopic.GPU_METRICS ? sample(event, age) : usage(event, age);
    }

    boolean isLateFileDue(Instant now) {
        return time.isOver(now) && !late.isEmpty();
    }

    /** The next events of the file. */
    List<Event> lateFile(int max) {
        var events = new ArrayList<Event>();
        while (events.size() < max && !late.isEmpty()) {
            events.add(late.remove());
        }
        return events;
    }

    private Optional<Event> usage(Event usage, Duration age) {
        var gpu = keyOf(usage.get(TokenUsage.HOST), usage.get(TokenUsage.GPU_INDEX));
        if (gpu.equals(keyOf(wasted)) || (gpu.equals(fallen) && isFallen(age))) {
            return Optional.empty();
        }
        if (LATE.has(age)) {
            late.add(usage);
            return Optional.empty();
        }
        return Optional.of(usage);
    }

    private Optional<Event> sample(Event sample, Duration age) {
        var host = sample.get(GpuMetric.HOST);
        if (silentHost.equals(host) && HOST_SILENT.stream().anyMatch(time -> time.has(age))) {
            return Optional.empty();
        }
        var gpu = keyOf(host, sample.get(GpuMetric.GPU_INDEX));
        choose(gpu, sample, age);
        if (gpu.equals(keyOf(wasted))) {
            return Optional.of(held(sample));
        }
        if (gpu.equals(throttling) && age.compareTo(THROTTLES_FROM) >= 0) {
            return Optional.of(throttled(sample, age.minus(THROTTLES_FROM)));
        }
        return Optional.of(gpu.equals(fallen) && isFallen(age) ? fallen(sample, age) : sample);
    }

    /**
     * The two that have worked most until then are those that something happens to: a GPU that
     * idles for the rest of the day would show nothing of it.
     */
    private void choose(String gpu, Event sample, Duration age) {
        if (throttling == null && age.compareTo(THROTTLES_FROM) >= 0) {
            var most = work.entrySet().stream().sorted(MOST_FIRST).map(Map.Entry::getKey).toList();
            throttling = most.isEmpty() ? gpu : most.getFirst();
            fallen = most.size() < 2 ? null : most.get(1);
        }
        var utilization = sample.get(GpuMetric.UTILIZATION);
        if (throttling == null && utilization != null && !gpu.equals(keyOf(wasted))) {
            work.merge(gpu, utilization, Double::sum);
        }
    }

    private static boolean isFallen(Duration age) {
        return age.compareTo(XID_FROM) >= 0;
    }

    private static Event held(Event sample) {
        var memory = sample.get(GpuMetric.MEM_TOTAL_BYTES);
        return idle(sample)
                .set(
                        GpuMetric.MEM_USED_BYTES,
                        memory == null ? null : Math.round(memory * HELD_MEMORY))
                .set(GpuMetric.TEAM, WASTER)
                .set(GpuMetric.NAMESPACE, "notebooks")
                .set(GpuMetric.POD, "notebook-of-last-week")
                .set(GpuMetric.CONTAINER, "notebook")
                .build();
    }

    /** Its driver tries it again and again, and counts. */
    private static Event fallen(Event sample, Duration age) {
        return idle(sample)
                .set(GpuMetric.XID, XID)
                .set(GpuMetric.XID_ERRORS_TOTAL, 1 + age.minus(XID_FROM).dividedBy(RETRIED))
                .build();
    }

    private static Event.Builder idle(Event sample) {
        return sample.toBuilder()
                .set(GpuMetric.UTILIZATION, 0.0)
                .set(GpuMetric.SM_ACTIVE, 0.0)
                .set(GpuMetric.TENSOR_ACTIVE, 0.0)
                .set(GpuMetric.DRAM_ACTIVE, 0.0)
                .set(GpuMetric.POWER_W, HELD_WATTS)
                .set(GpuMetric.ENERGY_J_TOTAL, null);
    }

    private static Event throttled(Event sample, Duration since) {
        var clock = sample.get(GpuMetric.SM_CLOCK_HZ);
        return sample.toBuilder()
                .set(GpuMetric.TEMP_C, HOT_C)
                .set(GpuMetric.SM_CLOCK_HZ, clock == null ? null : clock * SLOW_CLOCK)
                .set(GpuMetric.THROTTLE_S_TOTAL, since.toSeconds() * THROTTLED_SHARE)
                .build();
    }

    private static String keyOf(FleetGpu gpu) {
        return keyOf(gpu.host(), gpu.gpuIndex());
    }

    private static String keyOf(@Nullable String host, @Nullable Long index) {
        return "%s/%d".formatted(host, index);
    }
}
