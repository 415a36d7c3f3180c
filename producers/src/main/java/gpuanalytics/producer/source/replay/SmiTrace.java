package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.producer.source.replay.table.TraceTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code nvidia-smi --query-gpu=… --format=csv} wrote, with or without units: a sample in each
 * row. A reading that it puts in brackets, such as {@code [N/A]}, is absent.
 */
final class SmiTrace implements Trace {

    private static final BigDecimal MIB = BigDecimal.valueOf(1 << 20);
    private static final BigDecimal MHZ = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal PERCENT = new BigDecimal("0.01");
    private static final BigDecimal MICRO = new BigDecimal("0.000001");

    /** What a GPU is called whose model was not asked for. */
    private static final String UNKNOWN_NAME = "nvidia-gpu";

    /**
     * A column of numbers.
     *
     * @param unit what nvidia-smi writes behind the number, where it writes units
     */
    private record Column<T extends Number>(
            String name, Field<T> field, String unit, BigDecimal scale) {}

    private static final List<Column<Double>> NUMBERS =
            List.of(
                    new Column<>("utilization.gpu", GpuMetric.UTILIZATION, "%", PERCENT),
                    new Column<>("power.draw", GpuMetric.POWER_W, "W", BigDecimal.ONE),
                    new Column<>("temperature.gpu", GpuMetric.TEMP_C, "", BigDecimal.ONE),
                    new Column<>("clocks.current.sm", GpuMetric.SM_CLOCK_HZ, "MHz", MHZ),
                    new Column<>("clocks.current.memory", GpuMetric.MEM_CLOCK_HZ, "MHz", MHZ),
                    new Column<>(
                            "clocks_event_reasons_counters.sw_power_cap",
                            GpuMetric.THROTTLE_S_TOTAL,
                            "us",
                            MICRO));

    private static final List<Column<Long>> WHOLE_NUMBERS =
            List.of(
                    new Column<>("memory.used", GpuMetric.MEM_USED_BYTES, "MiB", MIB),
                    new Column<>("memory.total", GpuMetric.MEM_TOTAL_BYTES, "MiB", MIB));

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
                dropped.add(file, row, e);
            }
        }
        return null;
    }

    private Event sample(Row row) throws BadCell {
        var time = ages.checked(columns.time(row));
        requireNew(time);
        var name = columns.text(row, "name");
        var host = columns.text(row, "hostname");
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.TS, time)
                        .set(GpuMetric.EVENT_ID, identity(row))
                        .set(GpuMetric.HOST, host == null ? hostName() : host)
                        .set(GpuMetric.GPU_UUID, columns.text(row, "uuid"))
                        .set(GpuMetric.GPU_INDEX, index(row))
                        .set(GpuMetric.NAME, name == null ? UNKNOWN_NAME : name)
                        .set(GpuMetric.PRICE_PER_HOUR_USD, pricePerHourUsd.orElse(null))
                        .set(
                                GpuMetric.INTERVAL_S,
                                file.intervalSeconds().isPresent()
                                        ? file.intervalSeconds().getAsDouble()
                                        : null)
                        .set(GpuMetric.SOURCE, RequestReader.SOURCE);
        for (var column : NUMBERS) {
            var value = scaled(row, column);
            sample.set(column.field(), value == null ? null : value.doubleValue());
        }
        for (var column : WHOLE_NUMBERS) {
            var value = scaled(row, column);
            sample.set(column.field(), value == null ? null : value.longValue());
        }
        try {
            return sample.build();
        } catch (IllegalArgumentException e) {
            throw new BadCell(DropReason.OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
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

    private @Nullable Long index(Row row) throws BadCell {
        if (!columns.nameGpu()) {
            return 0L;
        }
        var number = columns.number(row, "index", "");
        return number == null ? null : number.longValue();
    }

    private @Nullable BigDecimal scaled(Row row, Column<?> column) throws BadCell {
        var number = columns.number(row, column.name(), column.unit());
        return number == null ? null : number.multiply(column.scale());
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
