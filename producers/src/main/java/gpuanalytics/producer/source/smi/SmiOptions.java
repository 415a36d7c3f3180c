package gpuanalytics.producer.source.smi;

import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.ThisMachine;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Where nvidia-smi writes, and how that is read.
 *
 * @param inputs where it writes
 * @param columns what it was asked for, for lines without a header above them; empty where unknown
 * @param zone whose clock its times are by
 * @param pace how often what is looked at
 * @param maxLineBytes the longest line
 * @param maxWaiting the most samples that wait to be published
 * @param pricePerHourUsd the price in every sample
 * @param limits how old samples may be, and how far ahead
 */
record SmiOptions(
        List<Input> inputs,
        List<String> columns,
        ZoneId zone,
        Pace pace,
        int maxLineBytes,
        int maxWaiting,
        Optional<Double> pricePerHourUsd,
        EventLimits limits) {

    private static final int MAX_INPUTS = 100;
    private static final int KIB = 1 << 10;

    SmiOptions {
        inputs = List.copyOf(inputs);
        columns = List.copyOf(columns);
    }

    /**
     * A pipe, a file or standard input.
     *
     * @param host the machine that its GPUs are of, where rows do not name it
     * @param path where it is, {@code -} for standard input
     */
    record Input(String host, Path path) {

        private static final Path STANDARD_INPUT = Path.of("-");

        boolean isStandardInput() {
            return path.equals(STANDARD_INPUT);
        }
    }

    /**
     * How often what is looked at.
     *
     * @param interval from one sample of a GPU to the next, as nvidia-smi was told
     * @param silence after which time without a sample an input is named
     * @param poll from one look at a file that may have grown to the next
     * @param retry the longest time from one look for what is absent to the next
     */
    record Pace(Duration interval, Duration silence, Duration poll, Duration retry) {

        private static Pace read(EnvironmentReader env) {
            return new Pace(
                    millis(
                            env,
                            "NVIDIA_SMI_INTERVAL_MS",
                            1000,
                            10,
                            3_600_000,
                            "Milliseconds from one line of a GPU to the next, as -l or -lms of"
                                    + " nvidia-smi says: the time that a sample stands for"),
                    env.duration(
                            "NVIDIA_SMI_SILENCE_S",
                            ChronoUnit.SECONDS,
                            30,
                            1,
                            86_400,
                            "Seconds without a sample of now after which /health names an input"),
                    millis(
                            env,
                            "NVIDIA_SMI_POLL_MS",
                            200,
                            10,
                            60_000,
                            "Milliseconds between two looks whether a file has grown"),
                    millis(
                            env,
                            "NVIDIA_SMI_RETRY_MS",
                            2000,
                            10,
                            600_000,
                            "The most milliseconds between two looks for a file or for the writer"
                                    + " of a pipe that is not there"));
        }

        private static Duration millis(
                EnvironmentReader env,
                String name,
                int defaultValue,
                int min,
                int max,
                String description) {
            return env.duration(name, ChronoUnit.MILLIS, defaultValue, min, max, description);
        }
    }

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs inputs
     */
    static SmiOptions read(EnvironmentReader env, SourceConfig.Common common, boolean chosen) {
        return new SmiOptions(
                readInputs(env, chosen),
                readColumns(env),
                readZone(env),
                Pace.read(env),
                (int)
                        env.bytes(
                                "NVIDIA_SMI_MAX_LINE_BYTES",
                                64 * KIB,
                                KIB,
                                KIB * KIB,
                                "The longest line; a longer one is dropped"),
                env.integer(
                        "NVIDIA_SMI_MAX_WAITING",
                        10_000,
                        1,
                        1_000_000,
                        "The most samples that wait to be published; when full, no more is read"),
                common.pricePerHourUsd(),
                common.limits());
    }

    private static List<Input> readInputs(EnvironmentReader env, boolean chosen) {
        var texts =
                env.list(
                        "NVIDIA_SMI_INPUTS",
                        "Where nvidia-smi --query-gpu writes CSV, separated by commas: named pipes,"
                                + " files that grow, - for standard input; HOST=PATH where it is"
                                + " another machine's");
        if (chosen && (texts.isEmpty() || texts.size() > MAX_INPUTS)) {
            env.error(
                    "NVIDIA_SMI_INPUTS names %d inputs, expected 1 to %d with SOURCE nvidia-smi"
                            .formatted(texts.size(), MAX_INPUTS));
        }
        var inputs = new ArrayList<Input>();
        var paths = new HashSet<Path>();
        for (var text : texts) {
            var input = input(text);
            if (input.isEmpty()) {
                env.error("NVIDIA_SMI_INPUTS is %s, expected PATH or HOST=PATH".formatted(text));
            } else if (!paths.add(input.get().path())) {
                env.error(
                        "NVIDIA_SMI_INPUTS names %s twice, expected each once"
                                .formatted(input.get().path()));
            } else {
                inputs.add(input.get());
            }
        }
        return inputs;
    }

    private static Optional<Input> input(String text) {
        int equals = text.indexOf('=');
        // a path may hold the character too, behind a slash
        boolean hasHost = equals >= 0 && text.lastIndexOf('/', equals) < 0;
        var host = hasHost ? text.substring(0, equals).strip() : ThisMachine.name();
        var path = hasHost ? text.substring(equals + 1).strip() : text;
        try {
            return host.isEmpty() || path.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Input(host, Path.of(path)));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static List<String> readColumns(EnvironmentReader env) {
        var columns =
                env.list(
                        "NVIDIA_SMI_COLUMNS",
                        "The fields of --query-gpu in their order, for lines with no header above"
                                + " them, as with noheader");
        if (!columns.isEmpty() && !SmiColumns.areIn(columns)) {
            env.error(
                    "NVIDIA_SMI_COLUMNS is %s, expected the fields of --query-gpu, such as"
                                    .formatted(String.join(",", columns))
                            + " timestamp,uuid,utilization.gpu");
        }
        return columns;
    }

    private static ZoneId readZone(EnvironmentReader env) {
        var zone =
                env.text(
                        "NVIDIA_SMI_ZONE",
                        "The time zone that nvidia-smi runs in, such as UTC or Europe/Berlin; this"
                                + " process's own by default");
        try {
            return zone.map(ZoneId::of).orElseGet(ZoneId::systemDefault);
        } catch (DateTimeException e) {
            env.error(
                    "NVIDIA_SMI_ZONE is %s, expected a time zone such as UTC or Europe/Berlin"
                            .formatted(zone.orElseThrow()));
            return ZoneId.of("UTC");
        }
    }
}
