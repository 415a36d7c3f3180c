package gpuanalytics.processor.query;

import java.time.Instant;

/**
 * What was said under an identity that means something else.
 *
 * @param seen when it came in last
 * @param kind {@code conflict}: it is in the dead letters; {@code identity_reused}: both count
 * @param topic its kind of event
 * @param identity the identity
 * @param at where the later record lies: topic id, partition, offset and, of several events in a
 *     record, its place from the second on
 * @param detail what contradicts what, and where the earlier record lies
 */
public record FoundConflict(
        Instant seen, String kind, String topic, String identity, String at, String detail) {}
