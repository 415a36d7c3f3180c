package gpuanalytics.processor.batch;

import java.time.Duration;

/**
 * When a batch goes to the store.
 *
 * @param rows the most records
 * @param bytes how many bytes are enough; one record may exceed them
 * @param age how long the first record may wait for others while a writer is free
 */
public record BatchPolicy(int rows, long bytes, Duration age) {

    /** Whether a batch like this goes now. */
    public boolean isDue(int rowsNow, long bytesNow, Duration ageNow) {
        return isFull(rowsNow, bytesNow) || (rowsNow > 0 && ageNow.compareTo(age) >= 0);
    }

    /** Whether a batch like this takes no further record. */
    public boolean isFull(int rowsNow, long bytesNow) {
        return rowsNow >= rows || bytesNow >= bytes;
    }
}
