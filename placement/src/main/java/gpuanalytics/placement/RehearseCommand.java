package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.placement.rehearse.Rehearsal;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Workload;
import gpuanalytics.placement.report.CsvReport;
import gpuanalytics.placement.report.JsonReport;
import gpuanalytics.placement.report.TableReport;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceFile;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import gpuanalytics.service.config.Startup;
import gpuanalytics.service.http.Resource;
import gpuanalytics.service.lifecycle.Program;
import gpuanalytics.service.text.Printable;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The command: reads nodes and pods, rehearses, prints. */
final class RehearseCommand {

    private static final int MAX_NODES = 100_000;
    private static final int MAX_PODS = 1_000_000;
    private static final int MAX_DROPPED_SHOWN = 10;
    private static final List<Integer> POINTS = List.of(80, 90, 95, 100, 130);
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
        var nodes = nodes(options.nodes());
        var pods = pods(options.pods());
        sayDropped(nodes, err);
        sayDropped(pods, err);
        var workload =
                Workload.of(
                        nodes.rows(),
                        pods.rows(),
                        options.typicalPercent(),
                        RehearsalPlan.DEFAULT_TARGET_PERCENT);
        var threads = Runtime.getRuntime().availableProcessors();
        out.println(printed(options, Rehearsal.run(workload, options.plan(), threads)));
        boolean complete = nodes.dropped().isEmpty() && pods.dropped().isEmpty();
        return complete || options.isLenient() ? 0 : Program.EXIT_INCOMPLETE;
    }

    private static TraceFile<TraceNode> nodes(Optional<Path> file) throws BadInputException {
        return file.isPresent()
                ? READER.nodes(file.get())
                : READER.nodes("example-nodes.csv", example("example-nodes.csv"));
    }

    private static TraceFile<TracePod> pods(Optional<Path> file) throws BadInputException {
        return file.isPresent()
                ? READER.pods(file.get())
                : READER.pods("example-pods.csv", example("example-pods.csv"));
    }

    private static StringReader example(String name) {
        return new StringReader(new String(Resource.read("placement/" + name), UTF_8));
    }

    private static void sayDropped(TraceFile<?> file, PrintStream err) {
        file.dropped().stream()
                .limit(MAX_DROPPED_SHOWN)
                .forEach(line -> err.println(line + "; the row is left out"));
        if (file.dropped().size() > MAX_DROPPED_SHOWN) {
            err.println(
                    Printable.of(
                            "%s: %d rows are left out"
                                    .formatted(file.name(), file.dropped().size())));
        }
    }

    private static String printed(RehearseOptions options, RehearsalResult result) {
        return switch (options.format()) {
            case TABLE -> Printable.lines(TableReport.of(result, POINTS, options.price()));
            case JSON -> JsonReport.of(result, POINTS);
            case CSV -> CsvReport.of(result);
        };
    }
}
