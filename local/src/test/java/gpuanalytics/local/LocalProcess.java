package gpuanalytics.local;

import gpuanalytics.embedded.testing.ClassCache;
import gpuanalytics.embedded.testing.JavaProcess;
import java.util.List;
import java.util.Map;

/** The program in a process of its own; there are many of them, and each starts. */
final class LocalProcess {

    /** A short run of the simulated fleet, which passes through all of the program. */
    private static final List<String> REHEARSAL = List.of("--port", "0", "--seconds", "1");

    private LocalProcess() {}

    static JavaProcess start(
            List<String> jvm, List<String> arguments, Map<String, String> variables)
            throws Exception {
        ClassCache.prepare(LocalMain.class, REHEARSAL);
        return JavaProcess.start(LocalMain.class, jvm, arguments, variables);
    }
}
