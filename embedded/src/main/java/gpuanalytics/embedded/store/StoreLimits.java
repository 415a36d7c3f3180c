package gpuanalytics.embedded.store;

/**
 * What writing may take of the heap, so that a store with a small one takes smaller steps instead
 * of more than it has.
 *
 * @param unsavedBytes pages that are changed and not in the file; beyond it writers wait for a
 *     commit. A commit writes them from one buffer, which has grown by half each time
 * @param cachedMebibytes pages of the file that are kept to be read again
 * @param compactedBytes how much is written again at a time to give back space
 * @param statements the most documents of a command, as clients are told: each takes some ten times
 *     its bytes while its command is under way
 * @param messageBytes the largest message, as clients are told; one document always has room
 */
record StoreLimits(
        int unsavedBytes,
        int cachedMebibytes,
        int compactedBytes,
        int statements,
        int messageBytes) {

    static final int MAX_DOCUMENT_BYTES = 16 << 20;

    private static final int MIB = 1 << 20;
    private static final int MOST_UNSAVED_BYTES = 16 * MIB;

    private static final int PARTS_OF_THE_HEAP = 16;
    private static final int HEAP_BYTES_PER_STATEMENT = 100 << 10;
    private static final int LEAST_STATEMENTS = 100;

    /** MongoDB's own. */
    private static final int MOST_STATEMENTS = 100_000;

    /** MongoDB's own. */
    private static final int MOST_MESSAGE_BYTES = 48_000_000;

    private static final int MESSAGE_HEADER_BYTES = 16 << 10;
    private static final int MESSAGES_OF_THE_HEAP = 8;

    /** Those of this JVM's heap. */
    static StoreLimits ofHeap() {
        return of(Runtime.getRuntime().maxMemory());
    }

    static StoreLimits of(long heapBytes) {
        int part = Math.clamp(heapBytes / PARTS_OF_THE_HEAP, MIB, MOST_UNSAVED_BYTES);
        return new StoreLimits(
                part,
                part / MIB,
                part,
                Math.clamp(heapBytes / HEAP_BYTES_PER_STATEMENT, LEAST_STATEMENTS, MOST_STATEMENTS),
                Math.clamp(
                        heapBytes / MESSAGES_OF_THE_HEAP,
                        MAX_DOCUMENT_BYTES + MESSAGE_HEADER_BYTES,
                        MOST_MESSAGE_BYTES));
    }
}
