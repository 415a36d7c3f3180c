package gpuanalytics.producer.health;

import java.time.Instant;

/**
 * The state of one part.
 *
 * @param name {@code kafka}, {@code shards} or {@code source}
 * @param up whether it works
 * @param detail what is wrong, or what it does
 * @param since since when it has been up or not
 */
public record PartHealth(String name, boolean up, String detail, Instant since) {}
