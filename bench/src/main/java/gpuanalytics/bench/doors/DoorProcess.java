package gpuanalytics.bench.doors;

import gpuanalytics.bench.doors.LoadOptions.Target;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.process.CostProbe;
import gpuanalytics.bench.process.Profile;
import gpuanalytics.embedded.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A producer with doors, which may be killed and comes back on its ports. */
final class DoorProcess {

    private static final List<String> MAIN = List.of("gpuanalytics.producer.ProducerMain");

    private final String name;
    private final Path directory;
    private final ChildJvm.Program program;
    private final int grpcPort;
    private final int httpPort;
    private final int healthPort;
    private ChildJvm process;
    private int starts;
    private long peakBytes;

    private DoorProcess(
            String name, String bootstrap, LoadOptions options, List<String> jvmOptions) {
        this.name = name;
        this.directory = options.directory();
        this.grpcPort = Ports.free();
        this.httpPort = Ports.free();
        this.healthPort = Ports.free();
        var variables =
                new HashMap<>(
                        Map.of(
                                "KAFKA_BOOTSTRAP", bootstrap,
                                "DOORS", "grpc,http",
                                "DOOR_GRPC_PORT", Integer.toString(grpcPort),
                                "DOOR_HTTP_PORT", Integer.toString(httpPort),
                                "HTTP_PORT", Integer.toString(healthPort)));
        variables.putAll(options.settings());
        var jvm = new ArrayList<>(jvmOptions);
        jvm.add("-Xmx256m");
        if (options.recording()) {
            jvm.addAll(Profile.options(recording()));
        }
        this.program =
                new ChildJvm.Program(System.getProperty("java.class.path"), jvm, MAIN, variables)
                        .with(options.jvm());
        this.process = launch();
    }

    /** Starts one; it is not ready yet. */
    static DoorProcess start(
            String name, String bootstrap, LoadOptions options, List<String> jvmOptions) {
        return new DoorProcess(name, bootstrap, options, jvmOptions);
    }

    private ChildJvm launch() {
        return ChildJvm.silent(
                name, program, directory.resolve("%s.%d.log".formatted(name, ++starts)));
    }

    /** Where its flight recorder writes. */
    Path recording() {
        return directory.resolve(name + ".jfr");
    }

    String name() {
        return name;
    }

    Target target(LoadOptions.Door kind) {
        return new Target(
                "127.0.0.1",
                switch (kind) {
                    case GRPC, SDK_GRPC -> grpcPort;
                    case HTTP, SDK_HTTP, EVENTS -> httpPort;
                });
    }

    void awaitReady() throws InterruptedException {
        Readiness.await(name, healthPort, process);
    }

    /** Kills it. */
    void kill() throws InterruptedException {
        notePeak();
        process.kill();
    }

    /** Starts it again, and waits until it answers, whatever it says: Kafka may be away. */
    void startAgain() throws InterruptedException {
        process = launch();
        Readiness.awaitAnswer(name, healthPort, process);
    }

    /** The most memory it has had, over all its lives; 0 where the system does not say. */
    long peakBytes() {
        notePeak();
        return peakBytes;
    }

    private void notePeak() {
        try {
            peakBytes = Math.max(peakBytes, CostProbe.peakResidentBytes(process.handle()));
        } catch (IOException _) {
            // it has ended, or the system does not say
        }
    }

    void close() {
        process.close();
    }
}
