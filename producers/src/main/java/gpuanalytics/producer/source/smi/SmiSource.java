package gpuanalytics.producer.source.smi;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.RefusedRows;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import java.nio.channels.FileChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/**
 * GPUs as nvidia-smi writes them while it runs. An input that gives no samples of now is named by
 * {@link #health}, and its gap stays a gap.
 */
final class SmiSource implements EventSource {

    private static final int MOST_NAMED = 10;

    private final BlockingQueue<Event> samples;
    private final DroppedRows dropped = new DroppedRows();
    private final List<SmiInput> inputs;
    private final PartHealth state;

    /**
     * Reads nothing yet.
     *
     * @param wake is called when there is a sample
     */
    SmiSource(SmiOptions options, Clock clock, Runnable wake) {
        this(options, Followed::standardInput, clock, wake);
    }

    SmiSource(SmiOptions options, Supplier<FileChannel> standardInput, Clock clock, Runnable wake) {
        this.samples = new ArrayBlockingQueue<>(options.maxWaiting());
        this.state = new PartHealth(SmiRows.SOURCE, "not started", clock);
        this.inputs =
                options.inputs().stream()
                        .map(
                                input ->
                                        new SmiInput(
                                                input,
                                                options,
                                                clock,
                                                standardInput,
                                                samples,
                                                dropped,
                                                wake))
                        .toList();
    }

    /** The reasons for which a line may give no sample. */
    static List<String> dropReasons() {
        return Arrays.stream(DropReason.values()).map(DropReason::label).toList();
    }

    /** Begins to read. */
    void start() {
        inputs.forEach(SmiInput::start);
    }

    /** Begins to end: nothing more is read. */
    void leave() {
        inputs.forEach(SmiInput::leave);
    }

    /** Whether every input gives samples of now. */
    HealthReport.Part health() {
        return state.report();
    }

    @Override
    public boolean ended() {
        return inputs.stream().allMatch(SmiInput::ended) && samples.isEmpty();
    }

    @Override
    public Instant nextDue(Instant now) {
        inputs.forEach(SmiInput::check);
        report(now);
        return samples.isEmpty() ? Instant.MAX : Instant.MIN;
    }

    @Override
    public List<Event> take(Instant now, int max) {
        var taken = new ArrayList<Event>();
        samples.drainTo(taken, max);
        return taken;
    }

    private void report(Instant now) {
        var problems = inputs.stream().flatMap(input -> input.problem(now).stream()).toList();
        var working =
                "inputs giving samples: %d of %d"
                        .formatted(inputs.size() - problems.size(), inputs.size());
        if (problems.isEmpty()) {
            state.up(working);
            return;
        }
        var named = new ArrayList<>(problems.subList(0, Math.min(MOST_NAMED, problems.size())));
        named.addFirst(working);
        state.down(String.join("; ", named));
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
    public void close() {
        leave();
        inputs.forEach(SmiInput::close);
    }
}
