package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of a store that cannot go on, because its heap or its disk had no room for a write: what
 * the write has left behind is not known, and the file takes nothing more. It comes once; until the
 * connections are closed each command is answered so that the client asks again, then elsewhere or
 * later.
 */
final class StoreEnd implements AutoCloseable {

    /** A client may ask again after it. */
    private static final int SHUTDOWN_IN_PROGRESS = 91;

    private static final int RESERVED_BYTES = 1 << 20;

    private final CompletableFuture<String> reason = new CompletableFuture<>();

    /** Given back when there is no other room, so that the end itself has some. */
    private final AtomicReference<byte @Nullable []> reserve =
            new AtomicReference<>(new byte[RESERVED_BYTES]);

    /** The answer to whatever is asked of a store that ends. */
    static MongoServerError answer() {
        return new MongoServerError(
                SHUTDOWN_IN_PROGRESS, "ShutdownInProgress", "the store cannot go on and ends");
    }

    /**
     * Waits for it on a thread of its own, which is made beforehand: later there may be no room.
     *
     * @param told takes the reason, in one line
     */
    void await(Consumer<String> told) {
        Thread.ofPlatform()
                .daemon()
                .name("store-end")
                .start(
                        () -> {
                            try {
                                told.accept(reason.join());
                            } catch (CancellationException _) {
                                // it was closed in order
                            }
                        });
    }

    /** Whether the store ends for this failure; any other costs its command only. */
    boolean isDueTo(Throwable failure, DocumentFile file) {
        var root = root(failure);
        if (!file.isBroken() && !(root instanceof OutOfMemoryError)) {
            return false;
        }
        reserve.set(null);
        var _ =
                reason.complete(
                        "the store cannot go on with a heap of %d MiB: %s"
                                .formatted(
                                        Runtime.getRuntime().maxMemory() >> 20,
                                        Objects.toString(root.getMessage(), root.toString())));
        return true;
    }

    private static Throwable root(Throwable failure) {
        var root = failure;
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    /** Whether it has come. */
    boolean isReached() {
        return reason.isDone();
    }

    @Override
    public void close() {
        var _ = reason.cancel(false);
    }
}
