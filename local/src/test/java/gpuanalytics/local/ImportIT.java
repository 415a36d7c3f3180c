package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.JavaProcess;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.local.ApiClient.Totals;
import gpuanalytics.processor.Processor;
import gpuanalytics.processor.ProcessorConfig;
import gpuanalytics.producer.ProducerMain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are imported again, also under other names: the answers stay as they were. */
class ImportIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** 2 + 2 + 1 + 3 requests and 2 samples. */
    private static final Map<String, String> FILES =
            Map.of(
                    "azure_conv.csv",
                    """
                    TIMESTAMP,ContextTokens,GeneratedTokens
                    2024-05-12 10:00:00.5+00:00,40,2
                    2024-05-12 10:00:00.5+00:00,40,2
                    """,
                    "toolagent.jsonl",
                    """
                    {"timestamp": 0, "input_length": 100, "output_length": 7, "hash_ids": [1]}
                    {"timestamp": 9, "input_length": 200, "output_length": 8, "hash_ids": [1, 2]}
                    """,
                    "spend.csv",
                    """
                    request_id,startTime,endTime,model,prompt_tokens,completion_tokens
                    chatcmpl-1,2026-01-05 08:00:00,2026-01-05 08:00:01,m,1000,9
                    """,
                    "usage.csv",
                    """
                    start_time,end_time,num_model_requests,model,input_tokens,output_tokens
                    1767600000,1767603600,3,gpt-x,10001,10
                    """,
                    "node-9.csv",
                    """
                    timestamp, index, utilization.gpu [%]
                    2026/01/20 07:30:00.001, 0, 50 %
                    2026/01/20 07:30:00.002, 1, 50 %
                    """);

    private static final Totals EXPECTED = new Totals(8, 11_381, 38, 2);

    @Test
    void aSecondImportAddsNothingWhateverTheFilesAreCalled(@TempDir Path directory)
            throws Exception {
        try (var broker = EmbeddedBroker.start();
                var store = EmbeddedStore.start()) {
            broker.createTopics(
                    List.of(
                            new NewTopic("gpu.metrics.v1", 2, (short) 1),
                            new NewTopic("token.usage.v1", 2, (short) 1),
                            new NewTopic("dead.letters.v1", 1, (short) 1)));
            var config =
                    ProcessorConfig.fromEnvironment(
                            Map.of(
                                    "KAFKA_BOOTSTRAP",
                                    broker.bootstrapServers(),
                                    "MONGO_URL",
                                    store.url(),
                                    "HTTP_PORT",
                                    "0",
                                    "QUERY_MAX_DAYS",
                                    "36500"));
            try (var processor = Processor.start(config);
                    var api = new ApiClient(processor.httpPort())) {
                importAll(broker, directory, "");
                awaitDone(processor, 10);
                Waiting.until("the sums", LIMIT, () -> EXPECTED.equals(api.totals()));

                importAll(broker, directory, "");
                importAll(broker, directory, "copy-");
                awaitDone(processor, 30);
                assertEquals(EXPECTED, api.totals());
            }
        }
    }

    /**
     * @param prefix stands before a number as the files' names, or nothing for their own
     */
    private static void importAll(EmbeddedBroker broker, Path directory, String prefix)
            throws Exception {
        var arguments =
                new ArrayList<>(List.of("import", "--bootstrap", broker.bootstrapServers()));
        for (var file : FILES.entrySet()) {
            var name = prefix.isEmpty() ? file.getKey() : prefix + arguments.size();
            arguments.add(Files.writeString(directory.resolve(name), file.getValue()).toString());
        }
        try (var run = JavaProcess.start(ProducerMain.class, List.of(), arguments)) {
            assertEquals(0, run.awaitExit(LIMIT), () -> run.output().toString());
        }
    }

    private static void awaitDone(Processor processor, long events) throws Exception {
        Waiting.until(
                "every record to be done",
                LIMIT,
                () -> processor.stats().received() >= events && processor.stats().lag() == 0);
    }
}
