package gpuanalytics.placement.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceFile;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import gpuanalytics.service.http.Resource;
import java.io.StringReader;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is replayed.
 *
 * @param source where it is from, in a word or two
 * @param nodes the nodes, empty
 * @param pods what was asked for
 * @param dropped rows that were left out, a line each
 * @param missing what is not known of it and what is taken instead, a line each
 */
public record RehearsalInput(
        String source,
        List<TraceNode> nodes,
        List<TracePod> pods,
        List<String> dropped,
        List<String> missing) {

    private static final String NODES = "example-nodes.csv";
    private static final String PODS = "example-pods.csv";

    public RehearsalInput {
        nodes = List.copyOf(nodes);
        pods = List.copyOf(pods);
        dropped = List.copyOf(dropped);
        missing = List.copyOf(missing);
    }

    /** What two files say. */
    public static RehearsalInput of(
            String source, TraceFile<TraceNode> nodes, TraceFile<TracePod> pods) {
        var dropped = Stream.concat(nodes.dropped().stream(), pods.dropped().stream()).toList();
        return new RehearsalInput(source, nodes.rows(), pods.rows(), dropped, List.of());
    }

    /** The example that comes along. */
    public static RehearsalInput example(TraceReader reader) throws BadInputException {
        return of("example", reader.nodes(NODES, example(NODES)), reader.pods(PODS, example(PODS)));
    }

    private static StringReader example(String name) {
        return new StringReader(new String(Resource.read("placement/" + name), UTF_8));
    }

    /** The same where this is not known. */
    public RehearsalInput missing(List<String> lines) {
        return new RehearsalInput(source, nodes, pods, dropped, lines);
    }

    /** The same pods on other nodes. */
    RehearsalInput on(List<TraceNode> others) {
        return new RehearsalInput(source, others, pods, dropped, missing);
    }
}
