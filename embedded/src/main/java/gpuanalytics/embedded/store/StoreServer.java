package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.wire.MongoDatabaseHandler;
import de.bwaldvogel.mongo.wire.MongoExceptionHandler;
import de.bwaldvogel.mongo.wire.MongoWireProtocolHandler;
import de.bwaldvogel.mongo.wire.MongoWireReplyEncoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
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
import java.util.function.Consumer;
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
     * How a store keeps its documents.
     *
     * @param path the file that holds them, null for memory
     * @param expiryInterval how often those are deleted whose time is up by a TTL index
     * @param maxBytes how much the collections of these names keep; beyond it their oldest
     *     documents by a TTL index go early
     */
    public record Keeping(
            @Nullable Path path, Duration expiryInterval, Map<String, Long> maxBytes) {

        public Keeping {
            maxBytes = Map.copyOf(maxBytes);
        }
    }

    private final DocumentFile file;
    private final StoreEnd end = new StoreEnd();
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(threads.next());
    private final Channel channel;
    private final ScheduledExecutorService upkeep =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("store-upkeep").factory());

    private StoreServer(
            DocumentFile file,
            InetSocketAddress address,
            Keeping keeping,
            StoreLimits limits,
            Consumer<String> ended) {
        this.file = file;
        var backend = new StoreBackend(file, keeping.maxBytes(), limits, end);
        this.channel = listen(backend, address);
        every(keeping.expiryInterval(), backend.expiration()::run);
        every(COMPACTION_INTERVAL, file::compact);
        end.await(
                why -> {
                    var _ = channel.close();
                    var _ = connections.close();
                    ended.accept(why);
                });
    }

    /**
     * Opens the documents and listens.
     *
     * @param address where to listen; port 0 for a free one
     * @param ended takes the reason, in one line, why it cannot go on; it answers nothing any more
     */
    public static StoreServer start(
            InetSocketAddress address, Keeping keeping, Consumer<String> ended) {
        var limits = StoreLimits.ofHeap();
        var file = new DocumentFile(keeping.path(), limits);
        try {
            return new StoreServer(file, address, keeping, limits, ended);
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
                                new EndingHandler(),
                                new MongoExceptionHandler());
            }
        };
    }

    /**
     * Ends the store where there was no room for what a client has sent, or for its answer; a
     * client whose answer has failed is told by the end of its connection.
     */
    private final class EndingHandler extends ChannelDuplexHandler
            implements ChannelFutureListener {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            var _ = context.write(message, promise.addListener(this));
        }

        @Override
        public void operationComplete(ChannelFuture written) {
            if (!written.isSuccess()) {
                var _ = end.isDueTo(written.cause(), file);
                var _ = written.channel().close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (end.isDueTo(cause, file)) {
                var _ = context.close();
            } else {
                context.fireExceptionCaught(cause);
            }
        }
    }

    private void every(Duration interval, Runnable task) {
        Runnable guarded =
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException | OutOfMemoryError e) {
                        // A failure must not end the schedule.
                        if (!end.isDueTo(e, file)) {
                            LOG.atError().setCause(e).log("store upkeep failed");
                        }
                    }
                };
        var _ =
                upkeep.scheduleWithFixedDelay(
                        guarded, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        end.close();
        upkeep.close();
        channel.close().syncUninterruptibly();
        connections.close().syncUninterruptibly();
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        file.close();
    }
}
