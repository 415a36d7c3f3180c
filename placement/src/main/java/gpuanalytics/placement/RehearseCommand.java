package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.input.RehearsalInput;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.price.PriceBookFile;
import gpuanalytics.placement.processor.ProcessorClient;
import gpuanalytics.placement.processor.ProcessorFleet;
import gpuanalytics.placement.processor.ProcessorPrices;
import gpuanalytics.placement.rehearse.Rehearsal;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.Scenario;
import gpuanalytics.placement.report.CsvReport;
import gpuanalytics.placement.report.Findings;
import gpuanalytics.placement.report.JsonReport;
import gpuanalytics.placement.report.SvgReport;
import gpuanalytics.placement.report.TableReport;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceReader;
import gpuanalytics.service.config.Startup;
import gpuanalytics.service.lifecycle.Program;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The command: reads nodes and pods, rehearses, prints. */
final class RehearseCommand {

    private static final int MAX_NODES = 100_000;
    private static final int MAX_PODS = 1_000_000;
    private static final int MAX_DROPPED_SHOWN = 10;
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final TraceReader READER = new TraceReader(MAX_NODES, MAX_PODS);

    private RehearseCommand() {}

    /**
     * Runs it.
     *
     * @return the exit code
     */
    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(RehearseOptions.HELP);
            return 0;
        }
        try {
            return run(RehearseOptions.parse(arguments), out, err);
        } catch (BadInputException e) {
            err.println(Printable.of(e.line()));
            return Startup.EXIT_USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Program.EXIT_FAILED;
        }
    }

    private static int run(RehearseOptions options, PrintStream out, PrintStream err)
            throws BadInputException, InterruptedException {
        var input = options.whatIf().of(input(options));
        say(input, err);
        var prices = prices(options);
        var workload =
                Scenario.of(
                        input.nodes(),
                        input.pods(),
                        options.typicalPercent(),
                        RehearsalPlan.DEFAULT_TARGET_PERCENT);
        var threads = Runtime.getRuntime().availableProcessors();
        var findings = new Findings(Rehearsal.run(workload, options.plan(), threads), prices);
        out.println(printed(options, findings));
        if (options.svg().isPresent()) {
            write(
                    options.svg().get(),
                    SvgReport.of("Rehearsal: " + input.source(), findings.result()));
        }
        return input.dropped().isEmpty() || options.isLenient() ? 0 : Program.EXIT_INCOMPLETE;
    }

    private static RehearsalInput input(RehearseOptions options)
            throws BadInputException, InterruptedException {
        if (options.cluster().isPresent()) {
            try (var processor = new ProcessorClient(options.cluster().get(), ANSWER)) {
                return new ProcessorFleet(processor).last(ClusterHistory.DEFAULT_DAYS);
            }
        }
        if (options.nodes().isPresent() && options.pods().isPresent()) {
            return RehearsalInput.of(
                    "files",
                    READER.nodes(options.nodes().get()),
                    READER.pods(options.pods().get()));
        }
        return RehearsalInput.example(READER);
    }

    private static GpuPrices prices(RehearseOptions options)
            throws BadInputException, InterruptedException {
        if (options.price().isPresent()) {
            return GpuPrices.all(options.price().getAsDouble());
        }
        if (options.priceBook().isPresent()) {
            return PriceBookFile.read(options.priceBook().get(), options.market(), Instant.now());
        }
        if (options.pricesFrom().isPresent()) {
            try (var processor = new ProcessorClient(options.pricesFrom().get(), ANSWER)) {
                return new ProcessorPrices(processor).now();
            }
        }
        return GpuPrices.none();
    }

    private static void say(RehearsalInput input, PrintStream err) {
        input.missing().forEach(line -> err.println(Printable.of(line)));
        input.dropped().stream()
                .limit(MAX_DROPPED_SHOWN)
                .forEach(line -> err.println(Printable.of(line + "; the row is left out")));
        if (input.dropped().size() > MAX_DROPPED_SHOWN) {
            err.println("%d rows are left out".formatted(input.dropped().size()));
        }
    }

    private static String printed(RehearseOptions options, Findings findings) {
        return switch (options.format()) {
            case TABLE -> Printable.lines(TableReport.of(findings));
            case JSON -> JsonReport.lines(findings);
            case CSV -> CsvReport.of(findings.result());
        };
    }

    private static void write(Path file, String text) throws BadInputException {
        try {
            Files.writeString(file, text, UTF_8);
        } catch (IOException e) {
            throw new BadInputException(
                    "--svg is %s, expected a file that can be written: %s"
                            .formatted(file, e.getClass().getSimpleName()));
        }
    }
}
