package gpuanalytics.producer.source.nvml.verify;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.nvml.NvmlOptions;
import gpuanalytics.producer.source.nvml.NvmlSource;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the GPUs as the source does and as {@code nvidia-smi} does, for some time, and says where
 * they differ. Exits with 1 if they do, with 2 if it cannot look.
 */
public final class NvmlVerify {

    private static final String USAGE =
            """
            verify-nvml [--seconds N] [--smi PROGRAM] [--samples FILE] [--overhead]
              --seconds N     how long, 30 to 3600, 60 by default
              --smi PROGRAM   nvidia-smi by default
              --samples FILE  writes what both said there, one a line
              --overhead      without nvidia-smi: only what the source itself costs
            The variables NVML_* hold as for the producers.\
            """;

    private static final int EXIT_DIFFERENT = 1;
    private static final int EXIT_USAGE = 2;

    /** Loading classes and compiling them is over by then. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    /** Enough for windows to be compared over spans of ten seconds, at the ends too. */
    private static final int MIN_SECONDS = 30;

    private static final double MAX_CPU_SHARE = 0.01;

    private record Arguments(
            Duration duration, String smi, Optional<Path> samples, boolean overhead) {}

    private NvmlVerify() {}

    public static void main(String[] arguments) throws InterruptedException {
        int exitCode;
        try {
            exitCode = run(parse(arguments));
        } catch (ConfigurationException e) {
            e.errors().forEach(System.err::println);
            exitCode = EXIT_USAGE;
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            exitCode = EXIT_USAGE;
        }
        System.exit(exitCode);
    }

    private static Arguments parse(String[] arguments) {
        var duration = Duration.ofSeconds(60);
        var smi = "nvidia-smi";
        Optional<Path> samples = Optional.empty();
        boolean overhead = false;
        for (int index = 0; index < arguments.length; index++) {
            switch (arguments[index]) {
                case "--seconds" -> duration = seconds(value(arguments, ++index));
                case "--smi" -> smi = value(arguments, ++index);
                case "--samples" -> samples = Optional.of(Path.of(value(arguments, ++index)));
                case "--overhead" -> overhead = true;
                default -> throw new IllegalArgumentException(USAGE);
            }
        }
        return new Arguments(duration, smi, samples, overhead);
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) {
            throw new IllegalArgumentException(USAGE);
        }
        return arguments[index];
    }

    private static Duration seconds(String text) {
        var seconds = Duration.ofSeconds(Long.parseLong(text));
        if (seconds.toSeconds() < MIN_SECONDS || seconds.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "--seconds is %s, expected %d to 3600".formatted(text, MIN_SECONDS));
        }
        return seconds;
    }

    private static int run(Arguments arguments) throws IOException, InterruptedException {
        var env = new EnvironmentReader(System.getenv());
        var options = NvmlOptions.read(env, Optional.empty());
        env.check();
        try (var source = new NvmlSource(options, Clock.systemUTC())) {
            System.out.println(source.health().detail());
            boolean good =
                    arguments.overhead()
                            ? measureOverhead(source, arguments)
                            : compare(source, arguments);
            return good ? 0 : EXIT_DIFFERENT;
        }
    }

    private static boolean compare(NvmlSource source, Arguments arguments)
            throws IOException, InterruptedException {
        var fields = ComparedReading.OF_QUERY.stream().map(ComparedReading::column).toList();
        List<Event> samples;
        List<SmiRow> queried;
        List<SmiRow> counted;
        try (var query = SmiLog.query(arguments.smi(), fields);
                var dmon = SmiLog.dmon(arguments.smi())) {
            samples = sample(source, arguments.duration());
            // the last samples meet lines on both sides too
            sleep(Duration.ofSeconds(3));
            queried = query.rows();
            counted = dmon.rows();
        }
        save(arguments, samples, queried, counted);
        System.out.println(
                "nvidia-smi: %d lines of queries, %d of dmon"
                        .formatted(queried.size(), counted.size()));
        boolean good = !samples.isEmpty() && source.health().up();
        for (var gpu : byGpu(samples)) {
            good &= print(gpu, queried, counted);
        }
        System.out.println(source.health().detail());
        return good;
    }

    private static void save(
            Arguments arguments, List<Event> samples, List<SmiRow> queried, List<SmiRow> counted)
            throws IOException {
        if (arguments.samples().isPresent()) {
            var lines =
                    Stream.of(samples, queried, counted)
                            .flatMap(List::stream)
                            .map(Object::toString)
                            .toList();
            Files.write(arguments.samples().get(), lines);
        }
    }

    private static List<List<Event>> byGpu(List<Event> samples) {
        return List.copyOf(
                samples.stream()
                        .filter(sample -> sample.get(GpuMetric.MIG_ID) == null)
                        .collect(Collectors.groupingBy(s -> s.require(GpuMetric.GPU_INDEX)))
                        .values());
    }

    private static boolean print(List<Event> samples, List<SmiRow> queried, List<SmiRow> counted) {
        var first = samples.getFirst();
        System.out.println();
        System.out.println(first.require(GpuMetric.NAME) + " " + first.require(GpuMetric.GPU_UUID));
        System.out.println(Line.header());
        var query = new SmiComparison(samples, queried);
        var dmon = new SmiComparison(samples, counted);
        var lines =
                Stream.of(
                                ComparedReading.OF_QUERY.stream().map(query::of),
                                Stream.of(query.energy()),
                                ComparedReading.OF_DMON.stream().map(dmon::of))
                        .flatMap(part -> part)
                        .toList();
        lines.forEach(line -> System.out.println(line.print()));
        return lines.stream().allMatch(Line::good);
    }

    private static boolean measureOverhead(NvmlSource source, Arguments arguments) {
        sample(source, WARM_UP);
        var cpuBefore = cpu();
        long before = System.nanoTime();
        var samples = sample(source, arguments.duration());
        double cpuSeconds = cpu().minus(cpuBefore).toNanos() / 1e9;
        double seconds = (System.nanoTime() - before) / 1e9;
        boolean good = cpuSeconds / seconds < MAX_CPU_SHARE;
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "overhead: %d samples in %.1f s took %.2f s of processor time, %.2f %% of"
                                + " a core (allowed %.0f %%): %s",
                        samples.size(),
                        seconds,
                        cpuSeconds,
                        100 * cpuSeconds / seconds,
                        100 * MAX_CPU_SHARE,
                        good ? "good" : "TOO MUCH"));
        return good && !samples.isEmpty();
    }

    /** Processor time of this process, all of its threads. */
    private static Duration cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    private static List<Event> sample(NvmlSource source, Duration duration) {
        var samples = new ArrayList<Event>();
        var end = Instant.now().plus(duration);
        for (var now = Instant.now(); now.isBefore(end); now = Instant.now()) {
            var due = source.nextDue(now);
            if (due.isAfter(now)) {
                sleep(Duration.between(now, due));
            } else {
                samples.addAll(source.take(now, Integer.MAX_VALUE));
            }
        }
        return samples;
    }

    private static void sleep(Duration duration) {
        LockSupport.parkNanos(duration.toNanos());
    }
}
