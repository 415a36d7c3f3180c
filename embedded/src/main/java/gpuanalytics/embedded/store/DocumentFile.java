package gpuanalytics.embedded.store;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/**
 * Where the documents of all collections lie: one file, or memory.
 *
 * <p>A commit covers whole steps only, and a document is changed in one step: it waits for those
 * under way and holds back new ones, so that what a SIGKILL leaves is some prefix of them. Commands
 * that arrive together share one commit. What is changed and not in the file is bounded: beyond it
 * the next step waits for a commit. The file is safe against the end of the process, not against
 * the end of the machine.
 */
final class DocumentFile implements AutoCloseable {

    private static final String DOCUMENTS = "documents.";

    /** Small pages: a rollup's update writes its page again. */
    private static final int PAGE_BYTES = 8 << 10;

    private static final int LIVE_PERCENT = 70;

    private final StoreLimits limits;
    private final MVStore store;
    private final boolean durable;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();
    private final GroupCommit group = new GroupCommit(this::commit);
    private final Object alone = new Object();
    private volatile boolean closed;

    /**
     * Opens the file, which is made where it is missing; null stands for memory.
     *
     * @throws org.h2.mvstore.MVStoreException if it is damaged or another process has it open
     */
    DocumentFile(@Nullable Path path, StoreLimits limits) {
        this.limits = limits;
        durable = path != null;
        var builder = new MVStore.Builder().autoCommitDisabled().autoCommitBufferSize(0);
        if (path != null) {
            builder.fileName(path.toString())
                    .cacheSize(limits.cachedMebibytes())
                    .pageSplitSize(PAGE_BYTES);
        }
        store = builder.open();
        // Space of old versions may be used again at once; what reads them is registered.
        store.setRetentionTime(0);
        store.setVersionsToKeep(0);
    }

    /** The documents of a collection, as BSON by {@code _id}. */
    MVMap<Object, byte[]> documents(String namespace) {
        return store.openMap(
                DOCUMENTS + namespace,
                new MVMap.Builder<Object, byte[]>()
                        .keyType(KeyType.INSTANCE)
                        .valueType(ByteArrayDataType.INSTANCE));
    }

    void removeDocuments(String namespace) {
        store.removeMap(DOCUMENTS + namespace);
    }

    void renameDocuments(String from, String to) {
        store.renameMap(documents(from), DOCUMENTS + to);
    }

    /** The names of the databases that have a collection. */
    Set<String> databaseNames() {
        return store.getMapNames().stream()
                .filter(name -> name.startsWith(DOCUMENTS))
                .map(name -> name.substring(DOCUMENTS.length()))
                .map(namespace -> namespace.substring(0, namespace.indexOf('.')))
                .collect(Collectors.toSet());
    }

    long sizeInBytes() {
        return durable ? store.getFileStore().size() : 0;
    }

    /** Runs a command that only reads; what it sees stays readable until it ends. */
    <T> T read(Supplier<T> command) {
        var usage = store.registerVersionUsage();
        try {
            return command.get();
        } finally {
            store.deregisterVersionUsage(usage);
        }
    }

    /** Takes a step that changes documents and returns when the change is in the file. */
    <T> T write(Supplier<T> step) {
        T result = apply(step);
        awaitDurable();
        return result;
    }

    /** Returns when every change that was applied is in the file. */
    void awaitDurable() {
        if (durable) {
            group.await();
        }
    }

    /**
     * The same, one after the other: dropping an index takes two steps, which nobody may see apart.
     */
    <T> T writeAlone(Supplier<T> command) {
        synchronized (alone) {
            return write(command);
        }
    }

    /** Takes a step that changes a few documents, once there is room for what it changes. */
    <T> T apply(Supplier<T> step) {
        if (durable && store.getUnsavedMemory() > limits.unsavedBytes()) {
            group.await();
        }
        gate.readLock().lock();
        try {
            return read(step);
        } finally {
            group.applied();
            gate.readLock().unlock();
        }
    }

    private void commit() {
        gate.writeLock().lock();
        try {
            store.commit();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Gives back the space of what was replaced or deleted, a little at a time. */
    void compact() {
        gate.writeLock().lock();
        try {
            store.commit();
            if (durable) {
                store.compact(LIVE_PERCENT, limits.compactedBytes());
            }
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Whether it takes nothing any more though nobody has closed it: a write has failed. */
    boolean isBroken() {
        return !closed && store.isClosed();
    }

    @Override
    public void close() {
        gate.writeLock().lock();
        try {
            closed = true;
            store.close();
        } finally {
            gate.writeLock().unlock();
        }
    }
}
