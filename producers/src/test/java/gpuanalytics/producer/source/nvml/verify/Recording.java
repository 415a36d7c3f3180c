package gpuanalytics.producer.source.nvml.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * What both said at the same time.
 *
 * @param samples ours, of one GPU
 * @param rows dmon's
 */
record Recording(List<Event> samples, List<SmiRow> rows) {

    /** Of an H100 with driver 580.159.04, by date and load, with the readings of windows alone. */
    static Recording read(String name) {
        var format = new SmiFormat.Dmon();
        var rows = lines(name + "-dmon.txt").stream().map(format::parse).filter(Objects::nonNull);
        var samples = lines(name + "-samples.csv").stream().skip(1).map(Recording::sample);
        return new Recording(samples.toList(), rows.toList());
    }

    private static List<String> lines(String name) {
        try (var stream = Recording.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Event sample(String line) {
        var cells = line.split(",", -1);
        var sample = builder(Instant.parse(cells[0]));
        for (int column = 1; column < cells.length; column++) {
            if (!cells[column].isEmpty()) {
                set(sample, ComparedReading.OF_DMON.get(column - 1), Double.parseDouble(cells[column]));
            }
        }
        return sample.build();
    }

    static Event.Builder builder(Instant at) {
        return GpuMetric.builder()
                .set(GpuMetric.TS, at)
                .set(GpuMetric.HOST, "gpu-7")
                .set(GpuMetric.NAME, "NVIDIA H100 80GB HBM3")
                .set(GpuMetric.GPU_INDEX, 0L);
    }

    @SuppressWarnings("unchecked") // all of them are averages
    static void set(Event.Builder sample, ComparedReading reading, double value) {
        sample.set((Field<Double>) reading.field(), value);
    }

    /** One reading of ours as something else. */
    Recording with(ComparedReading reading, DoubleUnaryOperator change) {
        return with(reading, change, 0, samples.size());
    }

    /** One reading of some of our samples as something else. */
    Recording with(ComparedReading reading, DoubleUnaryOperator change, int first, int end) {
        var changed =
                IntStream.range(0, samples.size())
                        .mapToObj(
                                index ->
                                        first <= index && index < end
                                                ? with(samples.get(index), reading, change)
                                                : samples.get(index))
                        .toList();
        return new Recording(changed, rows);
    }

    private static Event with(Event sample, ComparedReading reading, DoubleUnaryOperator change) {
        var value = sample.get(reading.field());
        var changed = builder(sample.ts());
        if (value != null) {
            set(changed, reading, change.applyAsDouble(value.doubleValue()));
        }
        return changed.build();
    }

    /** Ours beside what dmon said of another GPU, or at another time. */
    Recording beside(Recording other, Duration later) {
        var shift = Duration.between(other.rows.getFirst().at(), rows.getFirst().at()).plus(later);
        var moved =
                other.rows.stream()
                        .map(r -> new SmiRow(r.at().plus(shift), r.gpuIndex(), r.cells()))
                        .toList();
        return new Recording(samples, moved);
    }

    Line compare(ComparedReading reading) {
        return new SmiComparison(samples, rows).of(reading);
    }
}
