package gpuanalytics.producer.source.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@code libnvidia-ml.so.1} made from {@code fake_nvml.c}, and what it is told to answer. */
@SuppressWarnings("restricted")
final class FakeLibrary {

    private static final Path SOURCE = Path.of("src/test/native/fake_nvml.c");

    private final Path file;
    private final SymbolLookup symbols;

    private FakeLibrary(Path file) {
        this.file = file;
        this.symbols = SymbolLookup.libraryLookup(file, Arena.global());
    }

    /**
     * Compiles it; skips the test where there is no C compiler.
     *
     * @param flags further arguments of the compiler
     */
    static FakeLibrary compile(Path folder, String... flags)
            throws IOException, InterruptedException {
        assumeTrue(isThere("cc"), "no C compiler (cc) on PATH, the binding to NVML is not tested");
        var file = folder.resolve("libnvidia-ml.so.1");
        var command = new ArrayList<>(List.of("cc", "-Wall", "-Wextra", "-Werror", "-shared"));
        command.addAll(List.of("-fPIC", "-o", file.toString(), SOURCE.toString()));
        command.addAll(List.of(flags));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), output);
        return new FakeLibrary(file);
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    String path() {
        return file.toString();
    }

    /** One GPU of which everything works. */
    void reset() {
        call("fake_reset", List.of());
    }

    void gpus(int count) {
        call("fake_gpus", List.of(JAVA_INT), count);
    }

    /** MIG is on, with so many instances of each GPU. */
    void instances(int count) {
        call("fake_instances", List.of(JAVA_INT), count);
    }

    /** Every number is what the driver writes where it has none. */
    void blank() {
        call("fake_blank", List.of(JAVA_INT), 1);
    }

    /** From now on a function answers a status, of every GPU. */
    void fail(String function, int status) {
        fail(function, status, -1);
    }

    /** From now on a function answers a status, of one GPU. */
    void fail(String function, int status, int gpu) {
        try (var arena = Arena.ofConfined()) {
            call(
                    "fake_fail",
                    List.of(ADDRESS, JAVA_INT, JAVA_INT),
                    arena.allocateFrom(function),
                    status,
                    gpu);
        }
    }

    void process(int pid) {
        call("fake_process", List.of(JAVA_INT), pid);
    }

    void xid(int gpu, long code, int instance) {
        call("fake_xid", List.of(JAVA_INT, JAVA_LONG, JAVA_INT), gpu, code, instance);
    }

    /** How often it was initialised and not shut down. */
    int initialised() {
        return count("fake_initialised");
    }

    /** Samples of counters not freed. */
    int gpmSamples() {
        return count("fake_gpm_samples");
    }

    /** Sets of events not freed. */
    int eventSets() {
        return count("fake_event_sets");
    }

    private void call(String function, List<MemoryLayout> parameters, Object... arguments) {
        invoke(
                function,
                FunctionDescriptor.ofVoid(parameters.toArray(MemoryLayout[]::new)),
                arguments);
    }

    private int count(String function) {
        return (int) invoke(function, FunctionDescriptor.of(JAVA_INT));
    }

    private Object invoke(String function, FunctionDescriptor descriptor, Object... arguments) {
        var address = symbols.find(function).orElseThrow();
        try {
            return Linker.nativeLinker()
                    .downcallHandle(address, descriptor)
                    .invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }
}
