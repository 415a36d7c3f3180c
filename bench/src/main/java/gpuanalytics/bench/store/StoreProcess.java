package gpuanalytics.bench.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.ConnectionString;
import com.mongodb.ServerAddress;
import gpuanalytics.bench.process.ChildJvm;
import java.nio.file.Path;
import java.util.List;

/** The acknowledging store, in its own JVM. */
public final class StoreProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChildJvm process;
    private final String url;

    private StoreProcess(ChildJvm process, String url) {
        this.process = process;
        this.url = url;
    }

    /** Starts one; its log lies in the directory. */
    public static StoreProcess start(Path directory) {
        var process = start(directory, List.of());
        return new StoreProcess(
                process, "mongodb://127.0.0.1:%s/?replicaSet=rs0".formatted(process.line()));
    }

    /**
     * Starts one before a store that stores.
     *
     * @param behind where that one is, {@code mongodb://USER:PASSWORD@HOST:PORT/?OPTIONS}
     */
    public static StoreProcess before(String behind, Path directory) {
        var hosts = new ConnectionString(behind).getHosts();
        var address = new ServerAddress(hosts.getFirst());
        if (hosts.size() != 1 || !behind.contains(hosts.getFirst())) {
            throw new IllegalArgumentException(
                    "the store has the hosts %s, expected one with its port".formatted(hosts));
        }
        var process =
                start(directory, List.of(address.getHost(), Integer.toString(address.getPort())));
        var here = behind.replace(hosts.getFirst(), "127.0.0.1:" + process.line());
        // else a driver goes on to where the store says that it is
        var direct = here.contains("?") ? "&directConnection=true" : "?directConnection=true";
        return new StoreProcess(process, here + direct);
    }

    private static ChildJvm start(Path directory, List<String> arguments) {
        var program = ChildJvm.own(AckStoreMain.class, arguments);
        return ChildJvm.talking("store", program, directory.resolve("store.log"));
    }

    /** Where drivers find it. */
    public String url() {
        return url;
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
