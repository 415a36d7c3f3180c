package gpuanalytics.bench.contender;

import gpuanalytics.bench.process.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The MongoDB sink connector in a standalone Connect worker, one task, documents as they come.
 *
 * @param directory where its worker and its plugin lie, in {@code worker} and {@code plugins}
 * @param tuned whether it has the settings that make it fastest: larger fetches, unordered inserts
 *     with identities of their own
 */
public record Connector(Path directory, boolean tuned) implements Contender {

    /** As its users give it; ours has a third of that. */
    private static final String HEAP = "-Xmx1500m";

    private static final String COLLECTION = "raw";
    private static final String PLUGIN = "com.mongodb.kafka.connect";

    @Override
    public String name() {
        return tuned ? "connector-tuned" : "connector-defaults";
    }

    @Override
    public ChildJvm start(Stage stage) throws IOException {
        var worker = write(stage.directory().resolve("worker.properties"), worker(stage));
        var sink = write(stage.directory().resolve("sink.properties"), sink(stage));
        var options = new ArrayList<>(List.of(HEAP));
        options.addAll(stage.jvmOptions());
        return ChildJvm.silent(
                name(),
                new ChildJvm.Program(
                        directory.resolve("worker") + "/*",
                        options,
                        List.of(
                                "org.apache.kafka.connect.cli.ConnectStandalone",
                                worker.toString(),
                                sink.toString()),
                        Map.of()),
                stage.directory().resolve("log.txt"));
    }

    @Override
    public String group(Stage stage) {
        return "connect-" + stage.group();
    }

    @Override
    public List<String> collections(Stage stage) {
        return List.of(COLLECTION);
    }

    private Map<String, String> worker(Stage stage) {
        var worker = new LinkedHashMap<String, String>();
        worker.put("bootstrap.servers", stage.bootstrap());
        worker.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        worker.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        worker.put("value.converter.schemas.enable", "false");
        worker.put("offset.storage.file.filename", stage.directory().resolve("offsets").toString());
        worker.put("offset.flush.interval.ms", "10000");
        worker.put("plugin.path", directory.resolve("plugins").toString());
        worker.put("plugin.discovery", "hybrid_warn");
        worker.put("listeners", "http://127.0.0.1:0");
        worker.put("consumer.auto.offset.reset", "earliest");
        if (tuned) {
            worker.put("consumer.max.poll.records", "5000");
            worker.put("consumer.max.partition.fetch.bytes", "4194304");
            worker.put("consumer.receive.buffer.bytes", "-1");
        }
        return worker;
    }

    private Map<String, String> sink(Stage stage) {
        var sink = new LinkedHashMap<String, String>();
        sink.put("name", stage.group());
        sink.put("connector.class", PLUGIN + ".MongoSinkConnector");
        sink.put("tasks.max", "1");
        sink.put("topics", String.join(",", stage.load().filledTopics()));
        sink.put("connection.uri", stage.storeUrl());
        sink.put("database", stage.group());
        sink.put("collection", COLLECTION);
        if (tuned) {
            sink.put("bulk.write.ordered", "false");
            sink.put("document.id.strategy.overwrite.existing", "true");
            sink.put(
                    "writemodel.strategy",
                    PLUGIN + ".sink.writemodel.strategy.InsertOneDefaultStrategy");
            sink.put(
                    "document.id.strategy",
                    PLUGIN + ".sink.processor.id.strategy.KafkaMetaDataStrategy");
        }
        return sink;
    }

    private static Path write(Path file, Map<String, String> properties) throws IOException {
        var text =
                properties.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining("\n", "", "\n"));
        return Files.writeString(file, text);
    }
}
