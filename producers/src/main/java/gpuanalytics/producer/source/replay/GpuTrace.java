package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.TraceFile.GpuReading;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.producer.source.replay.table.TraceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * GPU readings from several files, each sorted by time, joined by pod and time into samples in the
 * order of time and pod. A reading that the other files lack at that time stays absent.
 */
final class GpuTrace implements Trace {

    /** The traces do not name the GPU's model; every pod has one GPU. */
    static final String GPU_NAME = "alibaba-genai-2026-gpu";

    private static final long GPU_INDEX = 0;

    /** More GPUs than any cluster has; what is joined at one time lies in memory. */
    static final int MAX_GPUS_AT_ONCE = 100_000;

    /** A reading of a pod's GPU. */
    private record PodReading(Instant time, String pod, double value, Row row) {}

    /** A file and its next reading. */
    private final class Cursor {

        private final TraceFile file;
        private final TraceTable table;
        private @Nullable PodReading head;

        Cursor(TraceFile file) {
            this.file = file;
            try {
                this.table = TraceTable.open(file.path());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            advance(Instant.MIN);
        }

        GpuReading kind() {
            return file.reading().orElseThrow();
        }

        /** Reads on to the next usable row that does not lie before {@code least}. */
        private void advance(Instant least) {
            head = null;
            for (var row = table.next(); row != null; row = table.next()) {
                try {
                    head = reading(row, least);
                    return;
                } catch (BadCell e) {
                    dropped.add(file.path(), row.line(), e);
                }
            }
        }

        private PodReading reading(Row row, Instant least) throws BadCell {
            row.check();
            var time = ages.checked(Cells.epochSeconds(row, "timestamp_anon"));
            var pod = Cells.text(row, "container_ip");
            double value = Cells.number(row, "value").doubleValue();
            if (time.isBefore(least)) {
                throw new BadCell(
                        DropReason.OUT_OF_ORDER,
                        "timestamp_anon is %s, expected at least %s".formatted(time, least));
            }
            return new PodReading(time, pod, value, row);
        }
    }

    private final AgeLimits ages;
    private final DroppedRows dropped;
    private final List<Cursor> cursors;
    private final @Nullable Double intervalSeconds;
    private final @Nullable Double pricePerHourUsd;
    private final Deque<Event> ready = new ArrayDeque<>();

    GpuTrace(
            List<TraceFile> files,
            Optional<Double> pricePerHourUsd,
            AgeLimits ages,
            DroppedRows dropped) {
        this.ages = ages;
        this.dropped = dropped;
        this.pricePerHourUsd = pricePerHourUsd.orElse(null);
        var interval =
                files.stream()
                        .map(TraceFile::intervalSeconds)
                        .filter(OptionalDouble::isPresent)
                        .mapToDouble(OptionalDouble::getAsDouble)
                        .min();
        this.intervalSeconds = interval.isPresent() ? interval.getAsDouble() : null;
        this.cursors = new ArrayList<>();
        for (var file : files) {
            cursors.add(new Cursor(file));
        }
    }

    @Override
    public TraceFormat format() {
        return TraceFormat.ALIBABA_GPU;
    }

    @Override
    public @Nullable Event next() {
        while (ready.isEmpty()) {
            var time = earliest();
            if (time.isEmpty()) {
                return null;
            }
            join(time.get());
        }
        return ready.remove();
    }

    private Optional<Instant> earliest() {
        return cursors.stream()
                .map(cursor -> cursor.head)
                .filter(head -> head != null)
                .map(PodReading::time)
                .min(Comparator.naturalOrder());
    }

    private void join(Instant time) {
        var pods = new TreeMap<String, Map<GpuReading, Double>>();
        for (var cursor : cursors) {
            var head = cursor.head;
            while (head != null && head.time().equals(time)) {
                add(pods, cursor, head);
                cursor.advance(time);
                head = cursor.head;
            }
        }
        pods.forEach((pod, readings) -> ready.add(sample(time, pod, readings)));
    }

    private void add(Map<String, Map<GpuReading, Double>> pods, Cursor cursor, PodReading reading) {
        var problem = problem(pods, cursor.kind(), reading);
        if (problem != null) {
            dropped.add(cursor.file.path(), reading.row().line(), problem);
            return;
        }
        pods.computeIfAbsent(reading.pod(), _ -> new EnumMap<>(GpuReading.class))
                .put(cursor.kind(), reading.value());
    }

    private @Nullable BadCell problem(
            Map<String, Map<GpuReading, Double>> pods, GpuReading kind, PodReading reading) {
        var readings = pods.get(reading.pod());
        if (readings != null && readings.containsKey(kind)) {
            return new BadCell(
                    DropReason.DUPLICATE,
                    "%s has a value at %s already".formatted(reading.pod(), reading.time()));
        }
        if (readings == null && pods.size() == MAX_GPUS_AT_ONCE) {
            return new BadCell(
                    DropReason.TOO_MANY_AT_ONCE,
                    "more than %d pods at %s".formatted(MAX_GPUS_AT_ONCE, reading.time()));
        }
        return outOfRange(kind, reading);
    }

    private @Nullable BadCell outOfRange(GpuReading kind, PodReading reading) {
        try {
            var _ = sample(reading.time(), reading.pod(), Map.of(kind, reading.value()));
            return null;
        } catch (IllegalArgumentException e) {
            return new BadCell(DropReason.OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
    }

    private Event sample(Instant time, String pod, Map<GpuReading, Double> readings) {
        var percent = readings.get(GpuReading.DUTY_CYCLE);
        var bytes = readings.get(GpuReading.MEMORY);
        return GpuMetric.builder()
                .set(GpuMetric.TS, time)
                .set(GpuMetric.HOST, pod)
                .set(GpuMetric.GPU_INDEX, GPU_INDEX)
                .set(GpuMetric.NAME, GPU_NAME)
                .set(GpuMetric.POD, pod)
                .set(GpuMetric.UTILIZATION, percent == null ? null : percent / 100)
                .set(GpuMetric.MEM_USED_BYTES, bytes == null ? null : Math.round(bytes))
                .set(GpuMetric.PRICE_PER_HOUR_USD, pricePerHourUsd)
                .set(GpuMetric.INTERVAL_S, intervalSeconds)
                .set(GpuMetric.SOURCE, RequestReader.SOURCE)
                .build();
    }

    @Override
    public void close() {
        cursors.forEach(cursor -> cursor.table.close());
    }
}
