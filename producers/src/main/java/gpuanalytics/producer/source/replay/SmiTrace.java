package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.producer.source.replay.table.TraceTable;
import gpuanalytics.producer.source.smi.SmiColumns;
import gpuanalytics.producer.source.smi.SmiReadings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code nvidia-smi --query-gpu=… --format=csv} wrote, with or without units: a sample in each
 * row. A reading that it puts in brackets, such as {@code [N/A]}, is absent.
 */
final class SmiTrace implements Trace {

    private final TraceFile file;
    private final Optional<Double> pricePerHourUsd;
    private final DroppedRows dropped;
    private final TraceTable table;
    private final SmiColumns columns;
    private final AgeLimits ages;
    private @Nullable String firstRow;
    private @Nullable Instant lastTime;

    SmiTrace(
            TraceFile file, Optional<Double> pricePerHourUsd, AgeLimits ages, DroppedRows dropped) {
        this.file = file;
        this.ages = ages;
        this.pricePerHourUsd = pricePerHourUsd;
        this.dropped = dropped;
        try {
            this.table = TraceTable.open(file.path());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.columns = new SmiColumns(table.header());
    }

    @Override
    public TraceFormat format() {
        return TraceFormat.NVIDIA_SMI;
    }

    @Override
    public @Nullable Event next() {
        for (var row = table.next(); row != null; row = table.next()) {
            try {
                row.check();
                return sample(row);
            } catch (BadCell e) {
                dropped.add(file.path(), row.line(), e);
            }
        }
        return null;
    }

    private Event sample(Row row) throws BadCell {
        var time = ages.checked(columns.time(row));
        requireNew(time);
        var interval = file.intervalSeconds();
        return SmiReadings.built(
                SmiReadings.of(columns, row, hostName())
                        .set(GpuMetric.TS, time)
                        .set(GpuMetric.EVENT_ID, identity(row))
                        .set(GpuMetric.PRICE_PER_HOUR_USD, pricePerHourUsd.orElse(null))
                        .set(
                                GpuMetric.INTERVAL_S,
                                interval.isPresent() ? interval.getAsDouble() : null)
                        .set(GpuMetric.SOURCE, RequestReader.SOURCE));
    }

    /** A file that does not tell GPUs apart is of one: it has one sample at a time. */
    private void requireNew(Instant time) throws BadCell {
        if (!columns.nameGpu() && time.equals(lastTime)) {
            throw new BadCell(
                    DropReason.DUPLICATE,
                    "a row has the time %s already, expected uuid or index to tell GPUs apart"
                            .formatted(time));
        }
        lastTime = time;
    }

    /**
     * GPU and time are a sample's identity. Where the GPU is known only by what the file is called,
     * it is the row's content, and that of the first row, which tells files apart: so the same file
     * under another name adds nothing, and neither does one that has grown.
     */
    private @Nullable String identity(Row row) {
        if (columns.nameGpuAnywhere()) {
            return null;
        }
        if (firstRow == null) {
            firstRow = Digests.idOf(row.content());
        }
        return "smi-%s-%s".formatted(firstRow, Digests.idOf(row.content()));
    }

    /**
     * The machine is not among what older versions can be asked for: the file is named after it.
     */
    private String hostName() {
        var name = file.path().getFileName().toString();
        int dot = name.indexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }

    @Override
    public void close() {
        table.close();
    }
}
