package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.MovedTrace;
import gpuanalytics.producer.source.RefusedRows;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.text.Printable;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Real traces, in the order of time. Traces of one kind keep their distance in time; different
 * kinds, which lie years apart, begin together.
 *
 * <p>Identities: a replay with original or aligned times gives the same events each time, so that
 * what a killed replay has published is not counted twice by the next one. A loop is a load without
 * an end: each of its rounds gives events of its own, and so does each start, unless its run is
 * named; so does each replay with present times.
 */
public final class ReplaySource implements EventSource {

    private static final Logger LOG = LoggerFactory.getLogger(ReplaySource.class);

    /** A trace and its next event. */
    private record Head(Trace trace, Event event, Duration offset, int order) {}

    private final ReplayOptions options;
    private final List<TraceFile> files;
    private final DroppedRows dropped = new DroppedRows();
    private final List<Trace> traces = new ArrayList<>();
    private final PriorityQueue<Head> heads =
            new PriorityQueue<>(Comparator.comparing(Head::offset).thenComparingInt(Head::order));
    private final Map<TraceFormat, Instant> starts = new EnumMap<>(TraceFormat.class);
    private @Nullable Instant runStart;
    private Instant roundStart = Instant.MIN;
    private Instant commonStart = Instant.MIN;
    private Duration lastOffset = Duration.ZERO;
    private int round = 1;
    private Instant present = Instant.MIN;
    private final AgeLimits ages;
    private volatile List<MovedTrace> moved = List.of();
    private boolean ended;

    /**
     * Looks at the files.
     *
     * @throws ConfigurationException naming each file that cannot be replayed
     */
    public ReplaySource(ReplayOptions options) {
        this.options = options;
        this.ages =
                new AgeLimits(
                        options.limits(),
                        () -> present,
                        options.times() != ReplayOptions.Times.NOW);
        this.files = TraceFile.inspect(options.files());
        for (var file : files) {
            LOG.atInfo()
                    .addKeyValue("file", Printable.of(file.path()))
                    .addKeyValue("holds", file.format())
                    .addKeyValue("reading", file.reading().map(Enum::name).orElse("REQUESTS"))
                    .addKeyValue("content_id", file.contentId())
                    .log("trace found");
        }
    }

    /** Every reason for which a row may be dropped. */
    public static List<String> dropReasons() {
        return Arrays.stream(DropReason.values()).map(DropReason::label).toList();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public Instant nextDue(Instant now) {
        present = now;
        if (runStart == null) {
            runStart = now;
            beginRound(now);
        }
        var head = heads.peek();
        if (head == null) {
            return Instant.MAX;
        }
        return options.speed().isEmpty() ? Instant.MIN : due(head);
    }

    @Override
    public List<Event> take(Instant now, int max) {
        var events = new ArrayList<Event>(max);
        while (events.size() < max && !nextDue(now).isAfter(now)) {
            events.add(takeNext(now));
        }
        return events;
    }

    @Override
    public Map<String, Long> droppedRows() {
        return dropped.counts();
    }

    @Override
    public List<RefusedRows> refusedRows() {
        return dropped.refused();
    }

    @Override
    public List<MovedTrace> movedTraces() {
        return moved;
    }

    @Override
    public boolean isIncomplete() {
        return !options.lenient() && !dropped.counts().isEmpty();
    }

    @Override
    public void close() {
        traces.forEach(Trace::close);
        traces.clear();
    }

    private Event takeNext(Instant now) {
        var head = heads.remove();
        var event = asReplayed(head);
        lastOffset = head.offset();
        queueNext(head.trace(), head.order());
        if (heads.isEmpty()) {
            endRound(now);
        }
        return event;
    }

    private void beginRound(Instant start) {
        roundStart = start;
        close();
        openTraces();
        var firsts = new ArrayList<@Nullable Event>();
        for (var trace : traces) {
            var first = trace.next();
            firsts.add(first);
            if (first != null) {
                starts.merge(trace.format(), first.ts(), ReplaySource::earlier);
            }
        }
        align();
        for (int order = 0; order < traces.size(); order++) {
            queue(traces.get(order), firsts.get(order), order);
        }
        // a round without events has no end that would begin another
        ended = heads.isEmpty();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private void openTraces() {
        var gpuFiles = new ArrayList<TraceFile>();
        for (var file : files) {
            switch (file.format()) {
                case ALIBABA_GPU -> gpuFiles.add(file);
                case NVIDIA_SMI ->
                        traces.add(new SmiTrace(file, options.pricePerHourUsd(), ages, dropped));
                case AZURE_LLM, BURST_GPT, MOONCAKE, MOONCAKE_JSON, LITE_LLM, OPEN_AI ->
                        traces.add(new TokenTrace(file, ages, dropped));
            }
        }
        if (!gpuFiles.isEmpty()) {
            traces.add(new GpuTrace(gpuFiles, options.pricePerHourUsd(), ages, dropped));
        }
    }

    private void queueNext(Trace trace, int order) {
        queue(trace, trace.next(), order);
    }

    private void queue(Trace trace, @Nullable Event event, int order) {
        if (event != null) {
            var start = starts.getOrDefault(trace.format(), event.ts());
            heads.add(new Head(trace, event, Duration.between(start, event.ts()), order));
        }
    }

    private void endRound(Instant now) {
        // the rounds of a loop may follow each other fast
        LOG.atLevel(round == 1 ? Level.INFO : Level.DEBUG)
                .addKeyValue("round", round)
                .addKeyValue("dropped", droppedRows())
                .log("end of the traces");
        if (!options.loop()) {
            ended = true;
            close();
            return;
        }
        round++;
        beginRound(options.speed().isEmpty() ? now : roundStart.plus(paced(lastOffset)));
    }

    private Instant due(Head head) {
        return roundStart.plus(paced(head.offset()));
    }

    private Duration paced(Duration offset) {
        double speed = options.speed().orElseThrow();
        double micros = offset.getSeconds() * 1e6 + offset.getNano() / 1e3;
        return Duration.of(Math.round(micros / speed), ChronoUnit.MICROS);
    }

    private Event asReplayed(Head head) {
        var event = head.event();
        return switch (options.times()) {
            case ORIGINAL -> options.loop() ? ofRound(event).build() : event;
            case ALIGNED -> {
                var aligned = aligned(head);
                yield options.loop() ? ofRound(aligned).build() : aligned;
            }
            case NOW -> atDueTime(event, due(head));
        };
    }

    /** A request that is moved is not the one that happened when the trace says. */
    private Event aligned(Head head) {
        var event = head.event();
        var time = commonStart.plus(head.offset());
        if (time.equals(event.ts())) {
            return event;
        }
        return switch (event.topic()) {
            case GPU_METRICS ->
                    event.toBuilder().set(GpuMetric.TS, time).set(GpuMetric.EVENT_ID, null).build();
            case TOKEN_USAGE ->
                    distinct(event, String.valueOf(commonStart)).set(TokenUsage.TS, time).build();
        };
    }

    private void align() {
        commonStart = starts.values().stream().max(Comparator.naturalOrder()).orElse(Instant.MIN);
        if (options.times() == ReplayOptions.Times.ALIGNED && round == 1) {
            moved =
                    starts.entrySet().stream()
                            .filter(start -> !start.getValue().equals(commonStart))
                            .map(
                                    start ->
                                            new MovedTrace(
                                                    start.getKey().title(),
                                                    start.getValue(),
                                                    commonStart))
                            .toList();
            moved.forEach(trace -> LOG.info("{}", trace));
        }
    }

    /** The event as a fact of its own in this round of this run of the loop. */
    private Event.Builder ofRound(Event event) {
        var run = options.run().orElseGet(() -> String.valueOf(runStart));
        return switch (event.topic()) {
            case TOKEN_USAGE -> distinct(event, run);
            // the natural identity, GPU and time, is the same in every round
            case GPU_METRICS ->
                    event.toBuilder()
                            .set(
                                    GpuMetric.EVENT_ID,
                                    "replay-%s@%s-r%d-%s"
                                            .formatted(event.gpu(), event.ts(), round, run));
        };
    }

    /** A request with an identity of its own in this round. */
    private Event.Builder distinct(Event event, String run) {
        var field =
                event.get(TokenUsage.EVENT_ID) == null
                        ? TokenUsage.REQUEST_ID
                        : TokenUsage.EVENT_ID;
        return event.toBuilder()
                .set(field, "%s-r%d-%s".formatted(event.require(field), round, run));
    }

    private Event atDueTime(Event event, Instant due) {
        return switch (event.topic()) {
            case TOKEN_USAGE ->
                    distinct(event, String.valueOf(runStart)).set(TokenUsage.TS, due).build();
            case GPU_METRICS -> {
                var interval = event.get(GpuMetric.INTERVAL_S);
                // where GPU and time are not its identity, they are now
                yield event.toBuilder()
                        .set(GpuMetric.TS, due)
                        .set(GpuMetric.EVENT_ID, null)
                        .set(
                                GpuMetric.INTERVAL_S,
                                interval == null ? null : interval / options.speed().orElseThrow())
                        .build();
            }
        };
    }
}
