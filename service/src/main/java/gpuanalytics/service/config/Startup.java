package gpuanalytics.service.config;

import gpuanalytics.service.text.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a program's command line and environment ask for.
 *
 * @param <C> the program's configuration
 */
public sealed interface Startup<C> {

    /** Run with this configuration. */
    record Run<C>(C config) implements Startup<C> {}

    /**
     * Print a text and exit.
     *
     * @param exitCode 0, or 2 where the configuration or the command line is wrong
     * @param text what to print: to standard output for 0, else to standard error
     */
    record Exit<C>(int exitCode, String text) implements Startup<C> {

        /** Prints the text where it belongs and returns the exit code. */
        public int print() {
            var stream = exitCode == 0 ? System.out : System.err;
            stream.println(Printable.lines(text));
            return exitCode;
        }
    }

    /** The exit code of a wrong command line, configuration or input file. */
    int EXIT_USAGE = 2;

    /**
     * Reads both. Known options are {@code --help} and {@code --check-config}; all else comes from
     * the environment.
     *
     * @param program the name and one sentence on what it does, for the help text
     * @param read asks the reader for every variable; it need not call {@link
     *     EnvironmentReader#check}
     */
    static <C> Startup<C> of(
            String program,
            String[] arguments,
            Map<String, String> environment,
            Function<EnvironmentReader, C> read) {
        var options = Arrays.asList(arguments);
        for (var option : options) {
            if (!List.of("--help", "--check-config").contains(option)) {
                return new Exit<>(
                        EXIT_USAGE,
                        "unknown option %s, expected --help or --check-config"
                                .formatted(Printable.of(option)));
            }
        }
        if (options.contains("--help")) {
            return new Exit<>(0, help(program, read));
        }
        var reader = new EnvironmentReader(environment);
        try {
            var config = read.apply(reader);
            reader.check();
            return options.contains("--check-config")
                    ? new Exit<>(0, "configuration is valid")
                    : new Run<>(config);
        } catch (ConfigurationException e) {
            return new Exit<>(
                    EXIT_USAGE,
                    e.errors().stream().map(Printable::of).collect(Collectors.joining("\n")));
        }
    }

    private static <C> String help(String program, Function<EnvironmentReader, C> read) {
        var reader = new EnvironmentReader(Map.of());
        var _ = read.apply(reader);
        return """
        %s

        Options:
          --help          print this
          --check-config  check the environment and exit: 0 valid, 2 not

        Environment variables and their defaults:
        %s\
        """
                .formatted(program, table(reader.declared()));
    }

    /** The variables as lines of name, default and description, in columns. */
    static String table(List<Variable> variables) {
        int names = width(variables, Variable::name);
        int defaults = width(variables, Variable::defaultValue);
        var text = new StringBuilder();
        for (var variable : variables) {
            text.append("  ")
                    .append(padded(variable.name(), names))
                    .append("  ")
                    .append(padded(variable.defaultValue(), defaults))
                    .append("  ")
                    .append(variable.description())
                    .append('\n');
        }
        return text.toString().stripTrailing();
    }

    private static int width(List<Variable> variables, Function<Variable, String> column) {
        return variables.stream().map(column).mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
