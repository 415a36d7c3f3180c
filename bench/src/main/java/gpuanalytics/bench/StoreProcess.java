package gpuanalytics.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.store.AckStoreMain;
import gpuanalytics.bench.store.StoreCounts;
import java.nio.file.Path;
import java.util.List;

/** The acknowledging store, in its own JVM. */
final class StoreProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildJvm process;
    private final int port;

    private StoreProcess(ChildJvm process, int port) {
        this.process = process;
        this.port = port;
    }

    static StoreProcess start(Path directory) {
        var program = ChildJvm.own(AckStoreMain.class, List.of());
        var process = ChildJvm.talking("store", program, directory.resolve("store.log"));
        return new StoreProcess(process, Integer.parseInt(process.line()));
    }

    String url() {
        return "mongodb://127.0.0.1:%d/?replicaSet=rs0".formatted(port);
    }

    void reset() {
        process.ask("reset");
    }

    void delayMillis(int each) {
        process.ask("delay " + each);
    }

    void sampleEvery(int documents) {
        process.ask("sample " + documents);
    }

    StoreCounts counts() {
        return parse(process.ask("counts"));
    }

    StoreCounts countsAndLatencies() {
        return parse(process.ask("latencies"));
    }

    @Override
    public void close() {
        process.close();
    }

    private static StoreCounts parse(String json) {
        try {
            return JSON.readValue(json, StoreCounts.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the store answers " + json, e);
        }
    }
}
