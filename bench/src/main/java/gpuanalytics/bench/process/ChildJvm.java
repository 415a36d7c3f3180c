package gpuanalytics.bench.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that ends with this one. */
public final class ChildJvm implements AutoCloseable {

    private static final long ORDERLY_END_SECONDS = 20;
    private static final int HEAP_MEBIBYTES = 512;

    private final String name;
    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        this.out = process.inputReader(UTF_8);
        this.in = new PrintWriter(process.outputWriter(UTF_8), true);
    }

    /**
     * What to start.
     *
     * @param classPath as {@code java -cp} takes it
     * @param options options of the JVM
     * @param command the main class and its arguments
     * @param environment all variables that it sees
     */
    public record Program(
            String classPath,
            List<String> options,
            List<String> command,
            Map<String, String> environment) {

        /** The same with more options of the JVM, after those that it has: the last one counts. */
        public Program with(List<String> more) {
            var all = new ArrayList<>(options);
            all.addAll(more);
            return new Program(classPath, all, command, environment);
        }
    }

    /** A program of this module. */
    public static Program own(Class<?> main, List<String> arguments) {
        return own(main, arguments, HEAP_MEBIBYTES);
    }

    /** The same with another heap, in MiB. */
    public static Program own(Class<?> main, List<String> arguments, int heapMebibytes) {
        var command = new ArrayList<String>();
        command.add(main.getName());
        command.addAll(arguments);
        return new Program(
                System.getProperty("java.class.path"),
                List.of(
                        "-Xmx%dm".formatted(heapMebibytes),
                        "-Dlogback.configurationFile=bench-logback.xml",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"),
                command,
                Map.of());
    }

    /** Starts a program of which one reads the answers; what it logs goes to a file. */
    public static ChildJvm talking(String name, Program program, Path log) {
        return start(name, builder(program).redirectError(log.toFile()));
    }

    /** Starts a program that only works; all that it prints goes to a file. */
    public static ChildJvm silent(String name, Program program, Path log) {
        return start(name, builder(program).redirectErrorStream(true).redirectOutput(log.toFile()));
    }

    private static ProcessBuilder builder(Program program) {
        var line = new ArrayList<String>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(program.options());
        line.addAll(List.of("-cp", program.classPath()));
        line.addAll(program.command());
        var builder = new ProcessBuilder(line);
        // Only what is said: a developer's own settings have no part in a race.
        builder.environment().clear();
        builder.environment().putAll(program.environment());
        return builder;
    }

    private static ChildJvm start(String name, ProcessBuilder builder) {
        try {
            var process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new ChildJvm(name, process);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started", e);
        }
    }

    /** Its process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its next line. */
    public String line() {
        try {
            var line = out.readLine();
            if (line == null) {
                throw new IllegalStateException(name + " has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be read", e);
        }
    }

    /** Its answer to a line. */
    public String ask(String request) {
        in.println(request);
        return line();
    }

    /** Ends it as the system does that lacks memory: without a word. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end and waits; whoever does not listen is killed. */
    @Override
    public void close() {
        in.close();
        process.destroy();
        try {
            if (!process.waitFor(ORDERLY_END_SECONDS, TimeUnit.SECONDS)) {
                System.err.println(name + " does not end, it is killed");
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
