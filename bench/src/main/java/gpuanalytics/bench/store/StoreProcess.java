package gpuanalytics.bench.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.bench.process.ChildJvm;
import java.nio.file.Path;
import java.util.List;

/** The acknowledging store, in its own JVM. */
public final class StoreProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildJvm process;
    private final int port;

    private StoreProcess(ChildJvm process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one; its log lies in the directory. */
    public static StoreProcess start(Path directory) {
        var program = ChildJvm.own(AckStoreMain.class, List.of());
        var process = ChildJvm.talking("store", program, directory.resolve("store.log"));
        return new StoreProcess(process, Integer.parseInt(process.line()));
    }

    /** Where drivers find it, as a replica set of one. */
    public String url() {
        return "mongodb://127.0.0.1:%d/?replicaSet=rs0".formatted(port);
    }

    /** Forgets what was counted. */
    public void reset() {
        process.ask("reset");
    }

    /** How long every write takes from now on. */
    public void delayMillis(int each) {
        process.ask("delay " + each);
    }

    /** Of every how many raw documents one is timed; 0 for none. */
    public void sampleEvery(int documents) {
        process.ask("sample " + documents);
    }

    /** What was counted so far, without ages. */
    public StoreCounts counts() {
        return parse(process.ask("counts"));
    }

    /** What was counted so far, with the ages of the documents that were timed. */
    public StoreCounts countsAndLatencies() {
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
