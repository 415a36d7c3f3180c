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
import java.util.function.Consumer;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store in this process that speaks MongoDB's protocol, on loopback only: in memory, or durable
 * when it is given a directory.
 *
 * <p>Durable means that every acknowledged write outlives SIGKILL of the process.
 */
public final class EmbeddedStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);

    private static final String FILE = "store.mv";

    /**
     * How a store is set up.
     *
     * @param directory where its data lies; null for memory
     * @param port where it listens; 0 for a free port
     * @param expiryInterval how often documents are deleted that a TTL index says are old
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index go early
     * @param ended takes the reason, in one line, why the store cannot go on: there was no room for
     *     a write in its heap or on its disk. It listens no more then
     */
    public record Options(
            @Nullable Path directory,
            int port,
            Duration expiryInterval,
            Map<String, Long> maxBytes,
            Consumer<String> ended) {

        private static final Duration DEFAULT_EXPIRY_INTERVAL = Duration.ofSeconds(5);

        public Options {
            maxBytes = Map.copyOf(maxBytes);
        }

        /** In memory, on a free port, every collection as large as it gets. */
        public static Options defaults() {
            return new Options(null, 0, DEFAULT_EXPIRY_INTERVAL, Map.of(), LOG::error);
        }

        /** The same with its data kept in a directory, which is made where it is missing. */
        public Options in(Path kept) {
            return new Options(kept, port, expiryInterval, maxBytes, ended);
        }

        /** The same on a port of one's own. */
        public Options on(int fixedPort) {
            return new Options(directory, fixedPort, expiryInterval, maxBytes, ended);
        }

        /** The same with another expiry interval. */
        public Options expiring(Duration interval) {
            return new Options(directory, port, interval, maxBytes, ended);
        }

        /** The same with limits for collections. */
        public Options keeping(Map<String, Long> bytesByCollection) {
            return new Options(directory, port, expiryInterval, bytesByCollection, ended);
        }

        /** The same with someone who is told if it cannot go on. */
        public Options telling(Consumer<String> told) {
            return new Options(directory, port, expiryInterval, maxBytes, told);
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
                            address,
                            new StoreServer.Keeping(
                                    file(options), options.expiryInterval(), options.maxBytes()),
                            options.ended()));
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
