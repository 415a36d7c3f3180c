package gpuanalytics.producer;

import gpuanalytics.service.config.ConfigurationException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the command line of an import asks for.
 *
 * @param files what to publish
 * @param bootstrap addresses of Kafka's brokers, instead of those of the environment
 * @param lenient whether rows may give no event without that being a failure
 * @param patience how long Kafka may be away at the start
 */
record ImportOptions(
        List<Path> files, Optional<String> bootstrap, boolean lenient, Duration patience) {

    static final String HELP =
            """
            import: publishes files to Kafka, each row once: a second import of a file adds nothing.

            usage: import [options] FILE...

            A file is a trace, a log or an export, plain or gzipped; docs/operations.md lists the
            formats. It ends when all of it is acknowledged.

              --bootstrap HOST:PORT  Kafka's brokers (KAFKA_BOOTSTRAP)
              --lenient              end with 0 where rows gave no event
              --wait SECONDS         how long Kafka may be away at the start (60)
              --help                 print this

            exit codes: 0 all is published, 1 Kafka is away or refuses, 2 the command line, a
            variable or a file cannot be used and nothing is published, 3 rows gave no event

            """;

    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);
    private static final int MAX_FILES = 1000;
    private static final int MAX_WAIT_S = 86_400;

    ImportOptions {
        files = List.copyOf(files);
    }

    /**
     * Reads the command line.
     *
     * @throws ConfigurationException for an unknown option, a bad value, or no file
     */
    static ImportOptions parse(List<String> arguments) {
        var files = new ArrayList<Path>();
        Optional<String> bootstrap = Optional.empty();
        boolean lenient = false;
        var wait = DEFAULT_WAIT;
        boolean onlyFiles = false;
        for (var left = arguments.iterator(); left.hasNext(); ) {
            var argument = left.next();
            if (onlyFiles || !argument.startsWith("--")) {
                files.add(path(argument));
                continue;
            }
            switch (argument) {
                case "--" -> onlyFiles = true;
                case "--lenient" -> lenient = true;
                case "--bootstrap" -> bootstrap = Optional.of(value(argument, left));
                case "--wait" -> wait = seconds(value(argument, left));
                default ->
                        throw refused(
                                "%s is not an option of import; --help lists them"
                                        .formatted(argument));
            }
        }
        if (files.isEmpty() || files.size() > MAX_FILES) {
            throw refused(
                    "import names %d files, expected 1 to %d; --help tells more"
                            .formatted(files.size(), MAX_FILES));
        }
        return new ImportOptions(files, bootstrap, lenient, wait);
    }

    private static String value(String option, Iterator<String> left) {
        if (!left.hasNext()) {
            throw refused(option + " has no value");
        }
        return left.next();
    }

    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw refused("%s is no file name, expected one".formatted(name));
        }
    }

    private static Duration seconds(String value) {
        try {
            int seconds = Integer.parseInt(value);
            if (seconds >= 1 && seconds <= MAX_WAIT_S) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException ignored) {
            // refused below
        }
        throw refused(
                "--wait is %s, expected whole seconds from 1 to %d".formatted(value, MAX_WAIT_S));
    }

    private static ConfigurationException refused(String error) {
        return new ConfigurationException(List.of(error));
    }
}
