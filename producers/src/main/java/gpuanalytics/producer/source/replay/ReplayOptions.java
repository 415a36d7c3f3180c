package gpuanalytics.producer.source.replay;

import gpuanalytics.event.EventLimits;
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
 * @param limits which times the processor takes
 * @param lenient whether rows may give no event without that being a failure
 */
public record ReplayOptions(
        List<Path> files,
        OptionalDouble speed,
        boolean loop,
        Optional<String> run,
        Times times,
        Optional<Double> pricePerHourUsd,
        EventLimits limits,
        boolean lenient) {

    /** What the events' times are. */
    public enum Times {
        /** As in the trace. */
        ORIGINAL,
        /**
         * As in the trace; traces of other kinds are moved to begin with the kind that begins last,
         * so that GPUs and requests of different years meet.
         */
        ALIGNED,
        /** The moment at which the event is due. */
        NOW
    }

    public ReplayOptions {
        files = List.copyOf(files);
    }

    /** All of the traces once, at once, with their own times. */
    public static ReplayOptions ofImport(
            List<Path> files,
            Optional<Double> pricePerHourUsd,
            EventLimits limits,
            boolean lenient) {
        return new ReplayOptions(
                files,
                OptionalDouble.empty(),
                false,
                Optional.empty(),
                Times.ORIGINAL,
                pricePerHourUsd,
                limits,
                lenient);
    }
}
