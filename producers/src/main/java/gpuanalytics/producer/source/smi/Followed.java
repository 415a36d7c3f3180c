package gpuanalytics.producer.source.smi;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An open pipe or file, and whether its path still leads to it. */
final class Followed implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final boolean regular;
    private final @Nullable Object key;

    private Followed(Path path, FileChannel channel, boolean regular, @Nullable Object key) {
        this.path = path;
        this.channel = channel;
        this.regular = regular;
        this.key = key;
    }

    /** Opens what is there, without waiting for a writer. */
    static Followed open(Path path) throws IOException {
        var found = Files.readAttributes(path, BasicFileAttributes.class);
        if (found.isDirectory()) {
            throw new IOException("it is a directory");
        }
        boolean regular = found.isRegularFile();
        var channel = regular ? FileChannel.open(path, StandardOpenOption.READ) : openPipe(path);
        return new Followed(path, channel, regular, found.fileKey());
    }

    /**
     * To open a pipe only for reading waits for a writer, and nothing ends that wait; so this
     * process is one, for that moment.
     */
    private static FileChannel openPipe(Path path) throws IOException {
        try (var _ = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return FileChannel.open(path, StandardOpenOption.READ);
        }
    }

    /** What the process was given to read; unlike {@code System.in} an interrupt ends a read. */
    static FileChannel standardInput() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    /** Whether it is a file and not a pipe: its end is where it has grown to so far. */
    boolean isRegular() {
        return regular;
    }

    /** Whether the path still leads to it, and not to another or nowhere. */
    boolean isStillThere() throws IOException {
        try {
            return Objects.equals(
                    key, Files.readAttributes(path, BasicFileAttributes.class).fileKey());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** As a channel reads; -1 where there is no more for now, or a pipe has no writer. */
    int read(ByteBuffer bytes) throws IOException {
        return channel.read(bytes);
    }

    /** Goes back to the beginning where it has been cut to less than was read. */
    boolean isCut() throws IOException {
        boolean cut = channel.size() < channel.position();
        if (cut) {
            channel.position(0);
        }
        return cut;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
