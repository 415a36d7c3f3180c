package gpuanalytics.producer.source.smi;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.CsvHeader;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples of the lines of an input. The header that came last says what their cells are, wherever
 * it stands: each nvidia-smi that begins to write writes its own.
 */
final class SmiRows {

    static final String SOURCE = "nvidia-smi";

    private final SmiOptions options;
    private final String host;
    private final AgeLimits ages;
    private final UsualStep steps;
    private @Nullable CsvHeader header;
    private SmiColumns columns;
    private long rows;

    /**
     * @param present tells the time
     * @param steps is told of every sample
     */
    SmiRows(SmiOptions options, String host, Supplier<Instant> present, UsualStep steps) {
        this.options = options;
        this.host = host;
        this.ages = new AgeLimits(options.limits(), present, true);
        this.steps = steps;
        this.columns = new SmiColumns(options.columns());
        if (!options.columns().isEmpty()) {
            header = new CsvHeader(options.columns());
        }
    }

    /** Takes note of a line only where it is a header. */
    boolean isHeader(LiveLines.Line line) {
        return !line.cut() && isHeader(cells(line));
    }

    private boolean isHeader(List<String> cells) {
        if (!SmiColumns.areIn(cells)) {
            return false;
        }
        header = new CsvHeader(cells);
        columns = new SmiColumns(header.names());
        return true;
    }

    /**
     * The sample of a line, or null where it is a header or empty.
     *
     * @param arrival when it was read: its time where it tells none
     * @throws BadCell if it is no row that can be understood
     */
    @Nullable Event read(LiveLines.Line line, Instant arrival) throws BadCell {
        if (line.cut()) {
            throw new BadCell(
                    DropReason.LINE_TOO_LONG,
                    "the line is longer than NVIDIA_SMI_MAX_LINE_BYTES (%d): %s"
                            .formatted(options.maxLineBytes(), Cells.shown(line.text())));
        }
        var cells = cells(line);
        if (cells.stream().allMatch(String::isEmpty) || isHeader(cells)) {
            return null;
        }
        if (header == null) {
            throw new BadCell(
                    DropReason.NO_HEADER,
                    "no header stands above %s, expected one, or NVIDIA_SMI_COLUMNS"
                            .formatted(Cells.shown(line.text())));
        }
        var row = header.row(++rows, line.number(), line.text(), cells);
        row.check();
        return sample(row, arrival);
    }

    private static List<String> cells(LiveLines.Line line) {
        return CsvHeader.cells(line.text(), ',');
    }

    private Event sample(Row row, Instant arrival) throws BadCell {
        var time = ages.checked(time(row, arrival));
        var sample =
                SmiReadings.built(
                        SmiReadings.of(columns, row, host)
                                .set(GpuMetric.TS, time)
                                .set(
                                        GpuMetric.PRICE_PER_HOUR_USD,
                                        options.pricePerHourUsd().orElse(null))
                                .set(GpuMetric.INTERVAL_S, interval().toMillis() / 1e3)
                                .set(GpuMetric.SOURCE, SOURCE));
        var gpu = String.valueOf(sample.gpu());
        requireNew(gpu, time);
        steps.note(gpu, time);
        return sample;
    }

    private Instant time(Row row, Instant arrival) throws BadCell {
        return columns.tellTime()
                ? ofNow(columns.localTime(row), options.zone(), arrival)
                : arrival;
    }

    /** Where clocks are put back an hour comes twice: of now is the one that is closer. */
    static Instant ofNow(LocalDateTime time, ZoneId zone, Instant now) {
        return zone.getRules().getValidOffsets(time).stream()
                .map(time::toInstant)
                .min(Comparator.comparing(instant -> Duration.between(instant, now).abs()))
                .orElseGet(() -> time.atZone(zone).toInstant());
    }

    /**
     * A GPU has one sample at a time. Rows that do not say whose they are must come as slowly as
     * those of one GPU do.
     */
    private void requireNew(String gpu, Instant time) throws BadCell {
        var last = steps.last(gpu);
        if (last == null) {
            return;
        }
        if (time.equals(last)) {
            throw new BadCell(
                    DropReason.DUPLICATE, "%s has a sample at %s already".formatted(gpu, time));
        }
        var step = Duration.between(last, time).abs();
        if (!columns.nameGpu() && step.compareTo(interval().dividedBy(2)) < 0) {
            throw new BadCell(
                    DropReason.DUPLICATE,
                    "a row comes %d ms after the one before it, expected NVIDIA_SMI_INTERVAL_MS"
                                    .formatted(step.toMillis())
                            + " (%d), or uuid or index to tell GPUs apart"
                                    .formatted(interval().toMillis()));
        }
    }

    private Duration interval() {
        return options.pace().interval();
    }
}
