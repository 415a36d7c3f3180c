package gpuanalytics.producer.source.replay;

import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Row;
import gpuanalytics.producer.source.replay.table.TraceTable;
import gpuanalytics.producer.source.replay.table.UnusableContentException;
import gpuanalytics.producer.source.smi.SmiColumns;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.text.Printable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A trace that was looked at and can be replayed.
 *
 * @param path where it is
 * @param format what it holds
 * @param contentId the first 64 bits of the SHA-256 of its content, in hexadecimal: the same file
 *     gives the same events whatever it is called and wherever it lies
 * @param reading in a GPU trace: which reading
 * @param intervalSeconds in a GPU trace: the time between two samples
 * @param model in a trace that names no models: what they are called
 */
record TraceFile(
        Path path,
        TraceFormat format,
        String contentId,
        Optional<GpuReading> reading,
        OptionalDouble intervalSeconds,
        String model) {

    /** Which reading the values of a GPU trace are. */
    enum GpuReading {
        /** Percent of the time in which a kernel ran. */
        DUTY_CYCLE,
        /** Bytes. */
        MEMORY
    }

    /** Rows that decide which reading a file holds and how far apart its samples are. */
    private static final int ROWS_LOOKED_AT = 20_000;

    private static final double MAX_PERCENT = 100;

    private static final double MAX_INTERVAL_S = 3600;
    private static final double MAX_BURST_STEP_S = 0.2;
    private static final int MAX_GPUS_OF_A_HOST = 17;

    /**
     * Looks at every file.
     *
     * @throws ConfigurationException naming each file that cannot be replayed, what was found and
     *     what was expected
     */
    static List<TraceFile> inspect(List<Path> paths) {
        var files = new ArrayList<TraceFile>();
        var errors = new ArrayList<String>();
        var seen = new HashMap<String, Path>();
        for (var path : paths) {
            try {
                var file = inspect(path);
                var same = seen.putIfAbsent(file.contentId, path);
                if (same != null) {
                    throw new UnusableContentException(
                            "has the same content as %s, expected each trace once".formatted(same));
                }
                files.add(file);
            } catch (IOException | UncheckedIOException e) {
                errors.add(Printable.of("%s %s".formatted(path, problem(e))));
            }
        }
        if (!errors.isEmpty()) {
            throw new ConfigurationException(errors);
        }
        return List.copyOf(files);
    }

    private static String problem(Exception e) {
        return switch (e) {
            case UnusableContentException unusable -> String.valueOf(unusable.getMessage());
            case NoSuchFileException _ -> "does not exist, expected a trace";
            case EOFException _ -> "ends early, expected a whole gzip file";
            case AccessDeniedException _ -> "may not be read, expected a readable trace";
            default ->
                    "cannot be read (%s), expected a trace, plain or gzipped"
                            .formatted(e.getMessage());
        };
    }

    private static TraceFile inspect(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new UnusableContentException("is a directory, expected a trace");
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new UnusableContentException(
                    "is a pipe or a device, expected a regular file: it is read more than once;"
                            + " SOURCE nvidia-smi reads what nvidia-smi writes to a pipe");
        }
        try (var table = TraceTable.open(path)) {
            if (table.header().isEmpty()) {
                throw withoutHeader(table.next());
            }
            var format = TraceFormat.of(table.header());
            if (format.isEmpty()) {
                throw new UnusableContentException(
                        "has the columns %s, expected %s; %s"
                                .formatted(
                                        shortened(String.join(",", table.header())),
                                        TraceFormat.expected(),
                                        NearestFormat.of(table.header())));
            }
            var contentId = Digests.idOf(TraceTable.unpacked(path));
            return switch (format.get()) {
                case ALIBABA_GPU -> gpuTrace(path, contentId, table);
                case NVIDIA_SMI -> smiTrace(path, contentId, table);
                case AZURE_LLM, BURST_GPT, MOONCAKE, MOONCAKE_JSON, LITE_LLM, OPEN_AI ->
                        tokenTrace(path, format.get(), contentId, table);
            };
        }
    }

    private static UnusableContentException withoutHeader(@Nullable Row first) {
        if (first != null) {
            try {
                first.check();
            } catch (BadCell e) {
                return new UnusableContentException("holds no row to begin with: " + e.detail());
            }
        }
        return new UnusableContentException("is empty, expected a header and rows");
    }

    private static TraceFile tokenTrace(
            Path path, TraceFormat format, String contentId, TraceTable table)
            throws UnusableContentException {
        var first = table.next();
        if (first == null) {
            throw noRows();
        }
        return new TraceFile(
                path,
                format,
                contentId,
                Optional.empty(),
                OptionalDouble.empty(),
                TraceModel.of(format, path, first, table));
    }

    private static TraceFile gpuTrace(Path path, String contentId, TraceTable table)
            throws UnusableContentException {
        int rows = 0;
        int percents = 0;
        int bytes = 0;
        double interval = Double.POSITIVE_INFINITY;
        double last = Double.NaN;
        for (var row = table.next(); row != null && rows < ROWS_LOOKED_AT; row = table.next()) {
            rows++;
            double value = number(row, "value");
            if (value > MAX_PERCENT) {
                bytes++;
            } else if (value > 0) {
                percents++;
            }
            double time = number(row, "timestamp_anon");
            if (time > last) {
                interval = Math.min(interval, time - last);
            }
            last = Double.isNaN(time) ? last : time;
        }
        if (rows == 0) {
            throw noRows();
        }
        if (bytes + percents == 0) {
            throw new UnusableContentException(
                    "has no value above 0 in its first %d rows, expected percent (a duty cycle) or"
                                    .formatted(rows)
                            + " bytes (memory)");
        }
        return new TraceFile(
                path,
                TraceFormat.ALIBABA_GPU,
                contentId,
                Optional.of(bytes > percents ? GpuReading.MEMORY : GpuReading.DUTY_CYCLE),
                interval(interval),
                "");
    }

    private static TraceFile smiTrace(Path path, String contentId, TraceTable table)
            throws UnusableContentException {
        var columns = new SmiColumns(table.header());
        var last = new HashMap<String, Instant>();
        var steps = new ArrayList<Double>();
        int rows = 0;
        for (var row = table.next(); row != null && rows < ROWS_LOOKED_AT; row = table.next()) {
            rows++;
            try {
                var at = columns.time(row);
                var gpu = columns.text(row, "uuid") + "/" + columns.text(row, "index");
                var before = last.put(gpu, at);
                if (before != null && at.isAfter(before)) {
                    steps.add(seconds(Duration.between(before, at)));
                }
            } catch (BadCell ignored) {
                // the row is dropped with its reason when it is replayed
            }
        }
        if (rows == 0) {
            throw noRows();
        }
        if (!columns.nameGpu() && comeInBursts(steps)) {
            throw new UnusableContentException(
                    "seems to be of several GPUs, whose rows come close together, and does not tell"
                            + " which is whose: expected uuid or index among the columns");
        }
        return new TraceFile(
                path, TraceFormat.NVIDIA_SMI, contentId, Optional.empty(), median(steps), "");
    }

    /** Times in a file may lie further apart than a long has nanoseconds. */
    private static double seconds(Duration step) {
        return step.toSeconds() + step.toNanosPart() / 1e9;
    }

    /** Whether rows come a few at once and then none for long, as those of several GPUs do. */
    private static boolean comeInBursts(List<Double> steps) {
        double longest = steps.stream().mapToDouble(step -> step).max().orElse(0);
        long close =
                steps.stream()
                        .filter(step -> step < MAX_BURST_STEP_S && step * 20 < longest)
                        .count();
        long far = steps.size() - close;
        return far > 1 && close * 3 > steps.size() && far * MAX_GPUS_OF_A_HOST >= steps.size();
    }

    /** The usual step: nvidia-smi is a little late or early each time, and now and then much. */
    private static OptionalDouble median(List<Double> steps) {
        return steps.isEmpty()
                ? OptionalDouble.empty()
                : interval(steps.stream().sorted().toList().get(steps.size() / 2));
    }

    /** Samples further apart than the contract allows stand for no time that is known. */
    private static OptionalDouble interval(double seconds) {
        return seconds <= MAX_INTERVAL_S ? OptionalDouble.of(seconds) : OptionalDouble.empty();
    }

    private static double number(Row row, String column) {
        var text = row.get(column);
        try {
            return text == null ? Double.NaN : new BigDecimal(text).doubleValue();
        } catch (NumberFormatException ignored) {
            return Double.NaN; // the row is dropped with its reason when it is replayed
        }
    }

    private static UnusableContentException noRows() {
        return new UnusableContentException("has a header but no rows, expected at least one");
    }

    private static String shortened(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
