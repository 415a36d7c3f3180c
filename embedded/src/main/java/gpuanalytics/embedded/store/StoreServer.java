package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.wire.MongoDatabaseHandler;
import de.bwaldvogel.mongo.wire.MongoExceptionHandler;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for clients, and deletes what expires. */
public final class StoreServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreServer.class);

    private static final int BACKLOG = 128;

    /** A command holds its thread, so connections that share one wait for each other. */
    private static final int THREADS = 16;

    private static final Duration COMPACTION_INTERVAL = Duration.ofSeconds(5);

    /**
     * When documents go.
     *
     * @param interval how often those are deleted whose time is up by a TTL index
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index go early
     */
    public record Expiration(Duration interval, Map<String, Long> maxBytes) {

        public Expiration {
            maxBytes = Map.copyOf(maxBytes);
        }
    }

    private final DocumentFile file;
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(threads.next());
    private final Channel channel;
    private final ScheduledExecutorService upkeep =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("store-upkeep").factory());

    private StoreServer(DocumentFile file, InetSocketAddress address, Expiration expiration) {
        this.file = file;
        var backend = new StoreBackend(file, expiration.maxBytes());
        this.channel = listen(backend, address);
        every(expiration.interval(), backend::expire);
        every(COMPACTION_INTERVAL, file::compact);
    }

    /**
     * Opens the documents and listens.
     *
     * @param path the file that holds them, null for memory
     * @param address where to listen; port 0 for a free one
     * @param expiration when documents go
     */
    public static StoreServer start(
            @Nullable Path path, InetSocketAddress address, Expiration expiration) {
        var file = new DocumentFile(path);
        try {
            return new StoreServer(file, address, expiration);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    private Channel listen(MongoBackend backend, InetSocketAddress address) {
        try {
            return new ServerBootstrap()
                    .group(threads)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, BACKLOG)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(handlers(backend))
                    .bind(address)
                    .syncUninterruptibly()
                    .channel();
        } catch (RuntimeException e) {
            var _ = threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    private ChannelInitializer<SocketChannel> handlers(MongoBackend backend) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel connection) {
                connection
                        .pipeline()
                        .addLast(
                                new MongoWireReplyEncoder(),
                                new AnswerEncoder(),
                                new MongoWireProtocolHandler(),
                                new MongoDatabaseHandler(backend, connections),
                                new MongoExceptionHandler());
            }
        };
    }

    private void every(Duration interval, Runnable task) {
        Runnable guarded =
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        // A failure must not end the schedule.
                        LOG.atError().setCause(e).log("store upkeep failed");
                    }
                };
        var _ =
                upkeep.scheduleWithFixedDelay(
                        guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        upkeep.close();
        channel.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        file.close();
    }
}
