package gpuanalytics.embedded.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Who uses the store that {@code MONGO_URL} names: tests share it, in whatever process they are,
 * but for one that kills it, which has it for itself.
 */
public final class GivenStore implements AutoCloseable {

    private static final Path FILE =
            Path.of(System.getProperty("java.io.tmpdir"), "gpu-analytics-given-store.lock");

    private final FileChannel channel;
    private final FileLock lock;

    private GivenStore(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Waits until nobody has it alone. */
    public static GivenStore shared() throws IOException {
        // a process may not lock one byte twice
        return lock(ThreadLocalRandom.current().nextLong(Long.MAX_VALUE / 2), 1, true);
    }

    /** Waits until nobody uses it. */
    public static GivenStore alone() throws IOException {
        return lock(0, Long.MAX_VALUE, false);
    }

    private static GivenStore lock(long from, long size, boolean isShared) throws IOException {
        var channel =
                FileChannel.open(
                        FILE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        return new GivenStore(channel, channel.lock(from, size, isShared));
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
