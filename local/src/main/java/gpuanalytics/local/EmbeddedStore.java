package gpuanalytics.local;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;

/** A store in this process that speaks MongoDB's protocol, on loopback only, in memory. */
public final class EmbeddedStore implements AutoCloseable {

    private final MongoServer server;
    private final int port;

    private EmbeddedStore(MongoServer server) {
        this.server = server;
        this.port = server.bind().getPort();
    }

    /** Starts one in memory on a free port. */
    public static EmbeddedStore start() {
        return new EmbeddedStore(new MongoServer(new MemoryBackend()));
    }

    /** The address for clients, {@code mongodb://127.0.0.1:port}. */
    public String url() {
        return "mongodb://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
