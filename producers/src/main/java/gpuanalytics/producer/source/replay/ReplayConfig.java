package gpuanalytics.producer.source.replay;

import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A replay of traces.
 *
 * @param options what is replayed
 * @param batch the most events that are taken at a time
 */
public record ReplayConfig(ReplayOptions options, int batch) implements SourceConfig {

    private static final int MAX_FILES = 100;

    /**
     * Reads its variables; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs traces
     */
    public static ReplayConfig read(EnvironmentReader env, Common common, boolean chosen) {
        var files =
                env.list(
                        "REPLAY_FILES",
                        "Traces to replay, CSV or JSON, plain or gzipped, separated by commas");
        var speed = readSpeed(env);
        boolean loop = env.flag("REPLAY_LOOP", false, "Begin again at the end of the traces");
        var times =
                env.choice(
                        "REPLAY_TIMES",
                        ReplayOptions.Times.ORIGINAL,
                        "Times of the events: original (as in the trace), aligned (kinds of traces"
                                + " moved to begin with the one that begins last) or now (when"
                                + " replayed)");
        var run = readRun(env);
        boolean lenient =
                env.flag(
                        "REPLAY_LENIENT",
                        false,
                        "End with 0, and not 3, where rows of the traces gave no event");
        var options =
                new ReplayOptions(
                        paths(env, files),
                        speed,
                        loop,
                        run,
                        times,
                        common.pricePerHourUsd(),
                        common.limits(),
                        lenient);
        if (chosen) {
            check(env, files, options);
        }
        return new ReplayConfig(options, common.batch());
    }

    /** What a replay that is to run must have. */
    private static void check(EnvironmentReader env, List<String> files, ReplayOptions options) {
        if (files.isEmpty() || files.size() > MAX_FILES) {
            env.error(
                    "REPLAY_FILES names %d files, expected 1 to %d with SOURCE replay"
                            .formatted(files.size(), MAX_FILES));
        }
        if (options.times() == ReplayOptions.Times.NOW && options.speed().isEmpty()) {
            env.error("REPLAY_TIMES is now, expected original or aligned with REPLAY_SPEED max");
        }
    }

    /** Reads the processor's limits: what it would put aside is not published. */
    public static EventLimits readLimits(EnvironmentReader env) {
        return new EventLimits(
                env.duration(
                        "MAX_EVENT_AGE_DAYS",
                        ChronoUnit.DAYS,
                        EventLimits.DEFAULT_MAX_AGE.toDays(),
                        1,
                        36_600,
                        "How far back the time of a row, or of an event at a door, may lie; as the"
                                + " processor has it"),
                env.duration(
                        "MAX_EVENT_LEAD_S",
                        ChronoUnit.SECONDS,
                        EventLimits.DEFAULT_MAX_LEAD.toSeconds(),
                        0,
                        86_400,
                        "How far ahead the time of a row, or of an event at a door, may lie; as the"
                                + " processor has it"),
                EventLimits.DEFAULT_MAX_BYTES);
    }

    private static Optional<String> readRun(EnvironmentReader env) {
        var run =
                env.text(
                        "REPLAY_RUN",
                        "Name of a loop's run: under one name it gives the same events at each"
                                + " start; unset: new ones");
        if (run.isPresent() && !run.get().matches("[A-Za-z0-9._-]{1,64}")) {
            env.error(
                    "REPLAY_RUN is %s, expected 1 to 64 letters, digits, dots, dashes or underscores"
                            .formatted(run.get()));
        }
        return run;
    }

    private static OptionalDouble readSpeed(EnvironmentReader env) {
        var text = env.text("REPLAY_SPEED", "1", "Seconds of the traces that pass in one, or max");
        if (text.equals("max")) {
            return OptionalDouble.empty();
        }
        try {
            double speed = Double.parseDouble(text);
            if (speed >= 0.001 && speed <= 1_000_000) {
                return OptionalDouble.of(speed);
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        env.error(
                "REPLAY_SPEED is %s, expected max or a number from 0.001 to 1000000"
                        .formatted(text));
        return OptionalDouble.of(1);
    }

    private static List<Path> paths(EnvironmentReader env, List<String> files) {
        try {
            return files.stream().map(Path::of).toList();
        } catch (InvalidPathException e) {
            env.error("REPLAY_FILES names %s, expected a path".formatted(e.getInput()));
            return List.of();
        }
    }

    @Override
    public Feed open(Clock clock, Runnable wake) {
        return new ReplayFeed(new ReplaySource(options), batch);
    }

    private record ReplayFeed(EventSource events, int batch) implements Feed {

        @Override
        public Collection<String> dropReasons() {
            return ReplaySource.dropReasons();
        }
    }
}
