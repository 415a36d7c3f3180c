package gpuanalytics.embedded.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A child JVM with this one's class path; its output is kept, line by line. */
public final class JavaProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int SIGINT = 2;

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private JavaProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("child-output").start(this::read);
    }

    /** Starts the main class with an environment like this one's. */
    public static JavaProcess start(Class<?> main, List<String> jvm, List<String> arguments)
            throws IOException {
        return start(main, jvm, arguments, Map.of());
    }

    /** Starts the main class with variables set beside this process's. */
    public static JavaProcess start(
            Class<?> main, List<String> jvm, List<String> arguments, Map<String, String> variables)
            throws IOException {
        var command = command();
        command.addAll(jvm);
        command.addAll(ClassCache.options());
        command.add(main.getName());
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(variables);
        return new JavaProcess(builder.start());
    }

    /** The JVM, with the options that each of them has. */
    static List<String> command() {
        return new ArrayList<>(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        // else there are full collections for more code and classes
                        "-XX:ReservedCodeCacheSize=240m",
                        "-XX:MetaspaceSize=128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow"));
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException ignored) {
            // the process is gone, and its output with it
        }
    }

    /** The first line that starts so, as soon as it is there. */
    public String awaitLine(String start) {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            for (var line : lines) {
                if (line.startsWith(start)) {
                    return line;
                }
            }
            if (!process.isAlive() && !reader.isAlive()) {
                break;
            }
            LockSupport.parkNanos(10_000_000);
        }
        throw new AssertionError("no line '" + start + "…' but: " + lines);
    }

    /** What it has printed so far, to both streams. */
    public List<String> output() {
        return List.copyOf(lines);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Asks it to end, as Ctrl-C does; by TERM where it was started by a job that ignores INT. */
    public void interrupt() throws IOException, InterruptedException {
        var signal = ignoresInterrupts() ? "-TERM" : "-INT";
        new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
    }

    /** What a shell runs in the background ignores INT, and so does all that it starts. */
    private boolean ignoresInterrupts() throws IOException {
        var status = Path.of("/proc", Long.toString(pid()), "status");
        if (!Files.exists(status)) {
            return false; // not Linux
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .anyMatch(ignored -> (ignored >> (SIGINT - 1) & 1) == 1);
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for its end and returns its exit status. */
    public int awaitExit(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new AssertionError("not ended in " + limit + ": " + lines);
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
