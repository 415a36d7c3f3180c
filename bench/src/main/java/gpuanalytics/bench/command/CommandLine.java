package gpuanalytics.bench.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Options of a program and their values; of one that is said twice the last counts.
 *
 * @param given the values of each, in their order; a flag's is empty
 */
public record CommandLine(Map<String, List<String>> given) {

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m)");

    /**
     * Reads what was said.
     *
     * @param help a line for each option, which starts with its name
     * @param flags those that take no value
     * @throws IllegalArgumentException naming an option that is not known or lacks its value
     */
    public static CommandLine parse(String[] arguments, String help, Set<String> flags) {
        var given = new HashMap<String, List<String>>();
        for (int i = 0; i < arguments.length; i++) {
            var name = arguments[i];
            if (!help.contains(name + " ")) {
                throw new IllegalArgumentException(
                        "unknown option %s, expected one of%n%s".formatted(name, help));
            }
            var hasValue = !flags.contains(name);
            if (hasValue && i + 1 == arguments.length) {
                throw new IllegalArgumentException("%s has no value".formatted(name));
            }
            given.computeIfAbsent(name, _ -> new ArrayList<>()).add(hasValue ? arguments[++i] : "");
        }
        return new CommandLine(given);
    }

    /** What a program does; its result is the exit status. */
    public interface Program {
        int run() throws IOException, InterruptedException;
    }

    /** Runs a program: what is wrong with its options or its files is one line, and status 1. */
    public static int status(PrintStream err, Program program) {
        try {
            return program.run();
        } catch (IllegalArgumentException | IllegalStateException | IOException e) {
            err.println(e.getMessage());
            return 1;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }

    /** Whether it was said. */
    public boolean has(String name) {
        return given.containsKey(name);
    }

    /** All values of an option. */
    public List<String> all(String name) {
        return given.getOrDefault(name, List.of());
    }

    /** The value of an option. */
    public String text(String name, String unlessGiven) {
        return given.getOrDefault(name, List.of(unlessGiven)).getLast();
    }

    /** The value of an option; null where it was not said. */
    public @Nullable String text(String name) {
        var values = given.get(name);
        return values == null ? null : values.getLast();
    }

    /** The values of an option, separated by commas. */
    public List<String> words(String name, String unlessGiven) {
        return List.of(text(name, unlessGiven).split(",", -1));
    }

    /** A whole number. */
    public long number(String name, long unlessGiven, long min) {
        return number(name, text(name, Long.toString(unlessGiven)), min);
    }

    /** A whole number that was said of an option. */
    public static long number(String name, String text, long min) {
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= Integer.MAX_VALUE) {
                return number;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is %s, expected a whole number from %d".formatted(name, text, min));
    }

    /** A length of time; null where it was not said. */
    public @Nullable Duration duration(String name) {
        var text = text(name);
        return text == null ? null : duration(name, text);
    }

    /** A length of time. */
    public Duration duration(String name, Duration unlessGiven) {
        var given = duration(name);
        return given == null ? unlessGiven : given;
    }

    private static Duration duration(String name, String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a time such as 500ms, 30s or 2m".formatted(name, text));
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** A file or folder; null where it was not said. */
    public @Nullable Path path(String name) {
        var text = text(name);
        return text == null ? null : Path.of(text);
    }

    /** Variables, each said as NAME=VALUE. */
    public Map<String, String> settings(String name) {
        var settings = new HashMap<String, String>();
        for (var pair : all(name)) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "%s is %s, expected NAME=VALUE".formatted(name, pair));
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }
}
