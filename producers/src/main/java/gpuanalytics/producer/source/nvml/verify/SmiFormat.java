package gpuanalytics.producer.source.nvml.verify;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How nvidia-smi writes a line. */
sealed interface SmiFormat {

    /** The line as values, or null where it is none, such as a header or a message. */
    @Nullable SmiRow parse(String line);

    /**
     * What {@code --query-gpu=timestamp,index,… --format=csv,noheader,nounits} writes.
     *
     * @param columns the fields asked for, timestamp and index first
     */
    record Query(List<String> columns) implements SmiFormat {

        private static final DateTimeFormatter TIME = time("uuuu/MM/dd HH:mm:ss.SSS");

        @Override
        public @Nullable SmiRow parse(String line) {
            var cells = line.strip().split(", ", -1);
            return row(columns, cells, cells[0], 1, TIME);
        }
    }

    /** What {@code dmon --options=DT} writes: columns of blanks below a header that names them. */
    final class Dmon implements SmiFormat {

        private static final DateTimeFormatter TIME = time("uuuuMMdd HH:mm:ss");
        private static final int GPU = 2;

        private List<String> columns = List.of();

        @Override
        public @Nullable SmiRow parse(String line) {
            var cells = line.strip().split(" +", -1);
            if (cells[0].equals("#Date")) {
                columns = List.of(cells);
            }
            return cells.length <= GPU || line.startsWith("#")
                    ? null
                    : row(columns, cells, cells[0] + " " + cells[1], GPU, TIME);
        }
    }

    private static DateTimeFormatter time(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    }

    private static @Nullable SmiRow row(
            List<String> columns, String[] cells, String at, int gpu, DateTimeFormatter time) {
        if (cells.length != columns.size()) {
            return null;
        }
        try {
            return new SmiRow(
                    instant(at, time), Long.parseLong(cells[gpu]), byName(columns, cells));
        } catch (DateTimeParseException | NumberFormatException ignored) {
            return null;
        }
    }

    private static Instant instant(String text, DateTimeFormatter time) {
        return LocalDateTime.parse(text, time).toInstant(ZoneOffset.UTC);
    }

    private static Map<String, String> byName(List<String> columns, String[] cells) {
        var byName = new HashMap<String, String>();
        for (int index = 0; index < cells.length; index++) {
            byName.put(columns.get(index), cells[index]);
        }
        return byName;
    }
}
