package gpuanalytics.bench.contender;

import gpuanalytics.bench.process.ChildJvm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Our processor, with all that it does: validation, rollups, dead letters and commits. It is known
 * by its main class and its environment only, so any version of it can race.
 *
 * @param classPath of the version that races
 * @param heap its largest heap, as -Xmx takes it
 * @param settings variables beyond those of the stage
 */
public record Ours(String classPath, String heap, Map<String, String> settings)
        implements Contender {

    private static final List<String> MAIN = List.of("gpuanalytics.processor.ProcessorMain");

    @Override
    public String name() {
        return "ours";
    }

    @Override
    public String group(Stage stage) {
        return stage.group();
    }

    @Override
    public List<String> collections(Stage stage) {
        return stage.load().filledTopics().stream()
                .map(
                        topic ->
                                topic.equals(stage.load().usageTopic())
                                        ? "token_usage"
                                        : "gpu_metrics")
                .toList();
    }

    @Override
    public ChildJvm start(Stage stage) {
        // those of the image
        var options =
                new ArrayList<>(
                        List.of(
                                "-Xmx" + heap,
                                "-XX:+ExitOnOutOfMemoryError",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow"));
        options.addAll(stage.jvmOptions());
        return ChildJvm.silent(
                name(),
                new ChildJvm.Program(classPath, options, MAIN, environment(stage)),
                stage.directory().resolve("log.txt"));
    }

    private Map<String, String> environment(Stage stage) {
        var environment =
                new HashMap<>(
                        Map.of(
                                "KAFKA_BOOTSTRAP", stage.bootstrap(),
                                "MONGO_URL", stage.storeUrl(),
                                "MONGO_DATABASE", stage.group(),
                                "TOPIC_METRIC", stage.load().sampleTopic(),
                                "TOPIC_TOKEN", stage.load().usageTopic(),
                                "GROUP_ID", stage.group(),
                                "HTTP_PORT", "0"));
        environment.putAll(settings);
        return environment;
    }
}
