package gpuanalytics.producer.source.smi;

import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The columns of nvidia-smi by their names, whatever units the header has and by whichever of its
 * two names a field was asked for.
 */
public final class SmiColumns {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu/MM/dd HH:mm:ss.SSS", Locale.ROOT);

    /** What older versions print, by what newer ones do. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of(
                    "gpu_uuid", "uuid",
                    "gpu_name", "name",
                    "clocks.sm", "clocks.current.sm",
                    "clocks.mem", "clocks.current.memory",
                    "clocks_throttle_reasons_counters.sw_power_cap",
                            "clocks_event_reasons_counters.sw_power_cap");

    /** What it writes where it knows nothing, beside what it puts in brackets. */
    private static final Set<String> ABSENT =
            Set.of(
                    "N/A",
                    "ERR!",
                    "Not Supported",
                    "Not Available",
                    "Unknown Error",
                    "Insufficient Permissions",
                    "GPU requires reset");

    /** Columns that no other kind of file has: they tell whose rows these are. */
    private static final Set<String> READINGS =
            Set.of(
                    "utilization.gpu",
                    "utilization.memory",
                    "memory.used",
                    "memory.total",
                    "power.draw",
                    "temperature.gpu",
                    "clocks.current.sm",
                    "clocks.current.memory");

    /** The header's own text by the plain name. */
    private final Map<String, String> headers = new HashMap<>();

    /** The columns of a header. */
    public SmiColumns(List<String> header) {
        header.forEach(text -> headers.putIfAbsent(plain(text), text));
    }

    /** {@code memory.used} for {@code memory.used [MiB]}. */
    private static String plain(String header) {
        int unit = header.indexOf(" [");
        var name = unit < 0 ? header : header.substring(0, unit);
        return OTHER_NAMES.getOrDefault(name, name);
    }

    /** Whether rows tell when they are, and of which GPU or at least of its readings. */
    public static boolean fit(List<String> header) {
        var names = header.stream().map(SmiColumns::plain).toList();
        return names.contains("timestamp")
                && (names.contains("uuid")
                        || names.contains("index")
                        || names.stream().anyMatch(READINGS::contains));
    }

    /** Whether rows tell of which GPU they are. */
    public boolean nameGpu() {
        return headers.containsKey("uuid") || headers.containsKey("index");
    }

    /** Whether a sample's GPU is known by its row alone, and not by what the file is called. */
    public boolean nameGpuAnywhere() {
        return headers.containsKey("uuid") || headers.containsKey("hostname");
    }

    /** A cell's text, or null where there is no such column or nothing in it. */
    public @Nullable String text(Row row, String column) {
        var header = headers.get(column);
        var text = header == null ? null : row.get(header);
        // [N/A], [Not Supported], [Unknown Error], [GPU requires reset], [Insufficient Permissions]
        return text == null || text.startsWith("[") || ABSENT.contains(text) ? null : text;
    }

    /** Whether a line names columns, one of them a reading; no row has such a text. */
    static boolean areIn(List<String> cells) {
        return cells.stream().map(SmiColumns::plain).anyMatch(READINGS::contains);
    }

    /** Whether rows tell when they are. */
    boolean tellTime() {
        return headers.containsKey("timestamp");
    }

    /** When the row was written, where it was; taken for UTC, as nvidia-smi writes no zone. */
    public Instant time(Row row) throws BadCell {
        return localTime(row).toInstant(ZoneOffset.UTC);
    }

    /** When the row was written, by the clock of nvidia-smi's zone. */
    LocalDateTime localTime(Row row) throws BadCell {
        var text = text(row, "timestamp");
        if (text == null) {
            throw new BadCell(DropReason.MISSING_VALUE, "timestamp is empty");
        }
        try {
            return LocalDateTime.parse(text, TIME);
        } catch (DateTimeException e) {
            throw new BadCell(
                    DropReason.BAD_TIME,
                    "timestamp is %s, expected a time such as 2026/11/27 22:55:23.321"
                            .formatted(Cells.shown(text)));
        }
    }

    /**
     * A cell's number, or null where there is none.
     *
     * @param unit what may stand behind it
     */
    @Nullable BigDecimal number(Row row, String column, String unit) throws BadCell {
        var text = text(row, column);
        if (text == null) {
            return null;
        }
        var suffix = " " + unit;
        var digits =
                !unit.isEmpty() && text.endsWith(suffix)
                        ? text.substring(0, text.length() - suffix.length())
                        : text;
        return Cells.parsed(column, digits);
    }
}
