package gpuanalytics.producer.source.replay;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What to replay and how.
 *
 * @param files the traces
 * @param speed how many seconds of the trace pass in one; empty for as fast as possible
 * @param loop whether to begin again at the end
 * @param run the name of a loop's run: loops of one name give the same events; empty for events of
 *     its own at each start
 * @param times what the events' times are
 * @param pricePerHourUsd the price that GPU samples carry, as the traces know none
 */
public record ReplayOptions(
        List<Path> files,
        OptionalDouble speed,
        boolean loop,
        Optional<String> run,
        Times times,
        Optional<Double> pricePerHourUsd) {

    /** What the events' times are. */
    public enum Times {
        /** As in the trace. */
        ORIGINAL,
        /** The moment at which the event is due. */
        NOW
    }

    public ReplayOptions {
        files = List.copyOf(files);
    }
}
