package gpuanalytics.embedded;

import gpuanalytics.embedded.store.StoreServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * A store in this process that speaks MongoDB's protocol, on loopback only: in memory, or durable
 * when it is given a directory.
 *
 * <p>Durable means that every acknowledged write outlives SIGKILL of the process.
 */
public final class EmbeddedStore implements AutoCloseable {

    private static final String FILE = "store.mv";

    /**
     * How a store is set up.
     *
     * @param directory where its data lies; null for memory
     * @param port where it listens; 0 for a free port
     * @param expiryInterval how often documents are deleted that a TTL index says are old
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index go early
     */
    public record Options(
            @Nullable Path directory,
            int port,
            Duration expiryInterval,
            Map<String, Long> maxBytes) {

        private static final Duration DEFAULT_EXPIRY_INTERVAL = Duration.ofSeconds(5);

        public Options {
            maxBytes = Map.copyOf(maxBytes);
        }

        /** In memory, on a free port, every collection as large as it gets. */
        public static Options defaults() {
            return new Options(null, 0, DEFAULT_EXPIRY_INTERVAL, Map.of());
        }

        /** The same with its data kept in a directory, which is made where it is missing. */
        public Options in(Path kept) {
            return new Options(kept, port, expiryInterval, maxBytes);
        }

        /** The same on a port of one's own. */
        public Options on(int fixedPort) {
            return new Options(directory, fixedPort, expiryInterval, maxBytes);
        }

        /** The same with another expiry interval. */
        public Options expiring(Duration interval) {
            return new Options(directory, port, interval, maxBytes);
        }

        /** The same with limits for collections. */
        public Options keeping(Map<String, Long> bytesByCollection) {
            return new Options(directory, port, expiryInterval, bytesByCollection);
        }
    }

    private final StoreServer server;

    private EmbeddedStore(StoreServer server) {
        this.server = server;
    }

    /** Starts one in memory on a free port. */
    public static EmbeddedStore start() {
        return start(Options.defaults());
    }

    /** Starts a durable one on a free port. */
    public static EmbeddedStore start(Path directory) {
        return start(Options.defaults().in(directory));
    }

    /**
     * Starts one and returns once it takes commands.
     *
     * @throws IllegalStateException when its port is taken or its directory is in use, in one line
     */
    public static EmbeddedStore start(Options options) {
        Ports.requireFree(options.port(), "the store");
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port());
        try {
            return new EmbeddedStore(
                    StoreServer.start(
                            file(options),
                            address,
                            new StoreServer.Expiration(
                                    options.expiryInterval(), options.maxBytes())));
        } catch (MVStoreException e) {
            throw new IllegalStateException(
                    "the store cannot open %s: %s".formatted(options.directory(), e.getMessage()),
                    e);
        }
    }

    private static @Nullable Path file(Options options) {
        var directory = options.directory();
        if (directory == null) {
            return null;
        }
        try {
            return Files.createDirectories(directory).resolve(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException("the store cannot use " + directory, e);
        }
    }

    /** The address for clients, {@code mongodb://127.0.0.1:port}. */
    public String url() {
        return "mongodb://127.0.0.1:" + port();
    }

    public int port() {
        return server.address().getPort();
    }

    @Override
    public void close() {
        server.close();
    }
}
