package gpuanalytics.placement.trace;

import java.util.List;

/**
 * What a file holds.
 *
 * @param name the file's name
 * @param rows what its rows say
 * @param dropped rows that say nothing usable, each as one line with its place and reason
 */
public record TraceFile<T>(String name, List<T> rows, List<String> dropped) {

    public TraceFile {
        rows = List.copyOf(rows);
        dropped = List.copyOf(dropped);
    }
}
