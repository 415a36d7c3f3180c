package gpuanalytics.local;

import gpuanalytics.service.config.ConfigurationException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param source where events come from
 * @param files the traces to replay
 * @param speed how fast to replay: a factor, or {@code max}
 * @param loop whether a replay starts again at its end
 * @param once whether to end when everything is stored, and check the totals
 * @param seconds after how long to end; absent for never
 * @param rate events per second of the synthetic fleet; absent for the producers' default
 * @param port the HTTP port; 0 takes a free one, and free ones for the doors
 * @param lenient whether rows of a trace may give no event without that being a failure
 * @param doors whether events may be told; never while a replay is checked
 * @param demo whether the fleet begins with a day in which things go wrong
 * @param open whether a browser shows the dashboard
 */
public record LocalOptions(
        Source source,
        List<String> files,
        String speed,
        boolean loop,
        boolean once,
        Optional<Integer> seconds,
        Optional<Double> rate,
        int port,
        boolean lenient,
        boolean doors,
        boolean demo,
        boolean open) {

    /** Where events come from. */
    public enum Source {
        SYNTHETIC,
        REPLAY
    }

    public static final String HELP =
            """
            Runs everything in one process: broker, store, producers, processor.

              --source synthetic|replay  where events come from (synthetic; replay with --file)
              --file FILE                a trace to replay; may be given several times
              --speed FACTOR|max         how fast to replay (1)
              --loop                     start a replay again at its end
              --once                     end when a replay is stored, and check its totals
              --lenient                  end with 0, and not 3, where rows gave no event
              --seconds N                end after N seconds
              --rate N                   events per second of the synthetic fleet
              --port N                   the HTTP port (8080); 0 takes a free one, also for the doors
              --doors on|off             the doors for events on 4317 (gRPC) and 4318 (HTTP); off with --once
              --demo                     begin with a day of the fleet in a minute, in which things go wrong
              --open                     open the dashboard in a browser
              --help                     print this

            """;

    private static final int DEFAULT_PORT = 8080;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_SECONDS = 31_536_000;
    private static final double MAX_RATE = 1_000_000;
    private static final double MAX_SPEED = 1_000_000;

    public LocalOptions {
        files = List.copyOf(files);
    }

    /**
     * Reads the command line.
     *
     * @throws ConfigurationException for an unknown option, a bad value, or options that do not go
     *     together
     */
    public static LocalOptions parse(List<String> arguments) {
        var parser = new Parser();
        var left = arguments.iterator();
        while (left.hasNext()) {
            parser.take(left.next(), left);
        }
        return parser.options();
    }

    private static final class Parser {
        private @Nullable Source source;
        private final List<String> files = new ArrayList<>();
        private @Nullable String speed;
        private boolean loop;
        private boolean once;
        private boolean lenient;
        private boolean demo;
        private boolean open;
        private Optional<Integer> seconds = Optional.empty();
        private Optional<Double> rate = Optional.empty();
        private int port = DEFAULT_PORT;
        private boolean doors = true;

        void take(String option, Iterator<String> left) {
            switch (option) {
                case "--source" -> source = source(value(option, left));
                case "--file" -> files.add(file(value(option, left)));
                case "--speed" -> speed = speed(value(option, left));
                case "--loop" -> loop = true;
                case "--once" -> once = true;
                case "--lenient" -> lenient = true;
                case "--demo" -> demo = true;
                case "--open" -> open = true;
                case "--seconds" ->
                        seconds =
                                Optional.of(
                                        (int) number(option, value(option, left), 1, MAX_SECONDS));
                case "--rate" ->
                        rate = Optional.of(number(option, value(option, left), 0.1, MAX_RATE));
                case "--port" -> port = (int) number(option, value(option, left), 0, MAX_PORT);
                case "--doors" -> doors = doors(value(option, left));
                default ->
                        throw refused("%s is not an option; --help lists them".formatted(option));
            }
        }

        LocalOptions options() {
            var chosen =
                    source != null ? source : files.isEmpty() ? Source.SYNTHETIC : Source.REPLAY;
            check(chosen);
            return new LocalOptions(
                    chosen,
                    files,
                    speed == null ? "1" : speed,
                    loop,
                    once,
                    seconds,
                    rate,
                    port,
                    lenient,
                    doors && !once,
                    demo,
                    open);
        }

        private void check(Source chosen) {
            if (chosen == Source.REPLAY && files.isEmpty()) {
                throw refused("--source is replay, expected at least one --file");
            }
            if (chosen == Source.SYNTHETIC && !files.isEmpty()) {
                throw refused(
                        "--file is %s, expected none with --source synthetic"
                                .formatted(files.getFirst()));
            }
            if (chosen == Source.SYNTHETIC && (speed != null || loop)) {
                throw refused("--speed and --loop are for --source replay");
            }
            if (chosen == Source.SYNTHETIC && lenient) {
                throw refused("--lenient is for --source replay, a fleet has no rows");
            }
            if (once && chosen == Source.SYNTHETIC) {
                throw refused("--once is for --source replay, a fleet never ends");
            }
            if (demo && chosen == Source.REPLAY) {
                throw refused("--demo is for --source synthetic, a replay has its own days");
            }
            if (once && loop) {
                throw refused("--once and --loop are both given, expected one of them");
            }
        }

        private static String value(String option, Iterator<String> left) {
            if (!left.hasNext()) {
                throw refused(option + " has no value");
            }
            return left.next();
        }

        private static boolean doors(String value) {
            return switch (value) {
                case "on" -> true;
                case "off" -> false;
                default -> throw refused("--doors is %s, expected on or off".formatted(value));
            };
        }

        private static Source source(String value) {
            return switch (value) {
                case "synthetic" -> Source.SYNTHETIC;
                case "replay" -> Source.REPLAY;
                default ->
                        throw refused(
                                "--source is %s, expected synthetic or replay".formatted(value));
            };
        }

        private static String file(String value) {
            if (value.isBlank() || value.contains(",")) {
                throw refused(
                        "--file is %s, expected a file whose name has no comma".formatted(value));
            }
            return value;
        }

        private static String speed(String value) {
            if (!value.equals("max")) {
                number("--speed", value, 0.001, MAX_SPEED);
            }
            return value;
        }

        private static double number(String option, String value, double min, double max) {
            try {
                double number = Double.parseDouble(value);
                boolean whole = !option.equals("--seconds") && !option.equals("--port");
                if (number >= min && number <= max && (whole || number == Math.rint(number))) {
                    return number;
                }
            } catch (NumberFormatException ignored) {
                // refused below, with the option's name
            }
            throw refused(
                    "%s is %s, expected a number from %s to %s%s"
                            .formatted(
                                    option,
                                    value,
                                    plain(min),
                                    plain(max),
                                    option.equals("--speed") ? " or max" : ""));
        }

        private static ConfigurationException refused(String error) {
            return new ConfigurationException(List.of(error));
        }

        private static String plain(double number) {
            return number == Math.rint(number)
                    ? Long.toString((long) number)
                    : Double.toString(number);
        }
    }
}
