package gpuanalytics.producer.source.smi;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a row of nvidia-smi says of its GPU, in the units of the contract. */
public final class SmiReadings {

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

    private SmiReadings() {}

    /**
     * The readings of a row, and which GPU's they are; when they were and who says so is not set.
     *
     * @param host the machine, where the row does not name it
     * @throws BadCell if a reading cannot be understood
     */
    public static Event.Builder of(SmiColumns columns, Row row, String host) throws BadCell {
        var name = columns.text(row, "name");
        var ownHost = columns.text(row, "hostname");
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.HOST, ownHost == null ? host : ownHost)
                        .set(GpuMetric.GPU_UUID, columns.text(row, "uuid"))
                        .set(GpuMetric.GPU_INDEX, index(columns, row))
                        .set(GpuMetric.NAME, name == null ? UNKNOWN_NAME : name);
        for (var column : NUMBERS) {
            var value = scaled(columns, row, column);
            sample.set(column.field(), value == null ? null : value.doubleValue());
        }
        for (var column : WHOLE_NUMBERS) {
            var value = scaled(columns, row, column);
            sample.set(column.field(), value == null ? null : value.longValue());
        }
        return sample;
    }

    /** The sample, whose values must be those that the contract allows. */
    public static Event built(Event.Builder sample) throws BadCell {
        try {
            return sample.build();
        } catch (IllegalArgumentException e) {
            throw new BadCell(DropReason.OUT_OF_RANGE, String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Long index(SmiColumns columns, Row row) throws BadCell {
        if (!columns.nameGpu()) {
            return 0L;
        }
        var number = columns.number(row, "index", "");
        return number == null ? null : number.longValue();
    }

    private static @Nullable BigDecimal scaled(SmiColumns columns, Row row, Column<?> column)
            throws BadCell {
        var number = columns.number(row, column.name(), column.unit());
        return number == null ? null : number.multiply(column.scale());
    }
}
