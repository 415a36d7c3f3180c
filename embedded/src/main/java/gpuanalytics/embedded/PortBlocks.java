package gpuanalytics.embedded;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Gives each port once. Processes that run side by side take theirs from different blocks: whose a
 * block is says a lock on one byte of a file, which the system lets go of when the process ends.
 *
 * <p>To ask who listens is not enough. Nobody listens on the port of a server that is down for a
 * moment, and whoever took it then would get its clients.
 */
final class PortBlocks {

    /** Below the ports that systems give to outgoing connections, 32768 and up or 49152 and up. */
    private static final int LOWEST = 20_000;

    private static final int PORTS = 10_000;
    private static final int BLOCK_PORTS = 50;
    private static final int BLOCKS = PORTS / BLOCK_PORTS;

    private final @Nullable FileChannel locks = locks();
    private final int first;
    private int tried;
    private int next;
    private int end;

    /** From any block on: a port that was just let go of may still have clients. */
    PortBlocks() {
        this(ThreadLocalRandom.current().nextInt(BLOCKS));
    }

    PortBlocks(int first) {
        this.first = first;
    }

    /**
     * @throws IllegalStateException when all are given
     */
    synchronized int next() {
        while (next == end) {
            takeBlock();
        }
        return next++;
    }

    private void takeBlock() {
        if (tried == BLOCKS) {
            throw new IllegalStateException(
                    "no port from %d to %d is left, expected one"
                            .formatted(LOWEST, LOWEST + PORTS - 1));
        }
        var block = (first + tried) % BLOCKS;
        tried++;
        if (isMine(block)) {
            next = LOWEST + block * BLOCK_PORTS;
            end = next + BLOCK_PORTS;
        }
    }

    /** Never let go of: closing the file would give all blocks back. */
    private boolean isMine(int block) {
        try {
            return locks == null || locks.tryLock(block, 1, false) != null;
        } catch (IOException noLocksHere) {
            return true;
        }
    }

    /** Null where no such file can be made: then chance alone keeps processes apart. */
    private static @Nullable FileChannel locks() {
        var file =
                Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "gpu-analytics-ports-" + System.getProperty("user.name") + ".lock");
        try {
            return FileChannel.open(file, CREATE, WRITE);
        } catch (IOException noFileHere) {
            return null;
        }
    }
}
