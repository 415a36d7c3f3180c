package gpuanalytics.bench.start;

import gpuanalytics.bench.command.CommandLine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Times the starts of an image's program, or has its JVM write a cache of classes. */
public final class StartMain {

    private static final String HELP =
            """
            --part NAME      processor or producers
            --cache FILE     have the JVM write its AOT cache there
            --starts N       else time so many starts (default 5), with the cache of the command, if any, and without it
            --dir DIR        where logs lie (default a new folder in that of temporary files)
            -- COMMAND...    how the image starts it: java OPTIONS -cp PATH MAIN
            """;

    private StartMain() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Runs it, and tells the exit status. */
    static int run(String[] arguments, PrintStream out, PrintStream err) {
        return CommandLine.status(
                err,
                () -> {
                    run(List.of(arguments), out);
                    return 0;
                });
    }

    private static void run(List<String> words, PrintStream out)
            throws IOException, InterruptedException {
        int end = words.indexOf("--");
        if (end < 0) {
            throw new IllegalArgumentException("there is no command, expected%n%s".formatted(HELP));
        }
        var line = CommandLine.parse(words.subList(0, end).toArray(new String[0]), HELP, Set.of());
        var part = Part.of(line.text("--part", ""));
        var command = StartCommand.of(words.subList(end + 1, words.size()));
        long starts = line.number("--starts", 5, 1);
        var given = Optional.ofNullable(line.path("--dir"));
        var directory =
                given.isPresent()
                        ? Files.createDirectories(given.get())
                        : Files.createTempDirectory("start");
        var cache = Optional.ofNullable(line.path("--cache")).map(Path::toAbsolutePath);
        try (var surroundings = Surroundings.start(directory)) {
            if (cache.isPresent()) {
                new Rehearsal(surroundings, directory, out).run(part, command, cache.get());
            } else {
                time(surroundings, part, command, starts, out);
            }
        }
    }

    /** By turns, so that what else the machine does meets both. */
    private static void time(
            Surroundings surroundings,
            Part part,
            StartCommand command,
            long starts,
            PrintStream out)
            throws InterruptedException {
        var with = new long[Math.toIntExact(starts)];
        var without = new long[with.length];
        for (int i = 0; i < with.length; i++) {
            if (command.hasCache()) {
                with[i] = millis(surroundings, part, command);
            }
            without[i] = millis(surroundings, part, command.withoutCache());
        }
        if (command.hasCache()) {
            print(part, "with its cache", with, out);
        }
        print(part, "without a cache", without, out);
    }

    private static long millis(Surroundings surroundings, Part part, StartCommand command)
            throws InterruptedException {
        var ready = surroundings.start(part, command, Optional.empty());
        ready.process().close();
        return ready.after().toMillis();
    }

    private static void print(Part part, String how, long[] millis, PrintStream out) {
        Arrays.sort(millis);
        out.printf(
                "%s %s: ready after %d ms (median of %d, %d to %d)%n",
                part,
                how,
                millis[millis.length / 2],
                millis.length,
                millis[0],
                millis[millis.length - 1]);
    }
}
