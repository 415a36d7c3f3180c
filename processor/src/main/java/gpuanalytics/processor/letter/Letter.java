package gpuanalytics.processor.letter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A rejected record, as the dead letters have it.
 *
 * @param letter where the letter lies: partition and offset
 * @param at the record's time, or when a door refused it; null where the letter does not say
 * @param reason the kind of defect
 * @param detail the thing, its value and what was expected
 * @param topic the topic that the record is from, or was to go to
 * @param partition of that topic; null where it never was a record
 * @param offset in that partition
 * @param item its place among several events of one record, from 0
 * @param door the door that refused it; null where the processor did
 * @param value its beginning as text; null where the letter has none
 * @param valueBytes how many bytes the record's value had; null where nobody knows
 * @param cut whether {@code value} is less than all of it
 */
public record Letter(
        String letter,
        @Nullable Instant at,
        String reason,
        @Nullable String detail,
        @Nullable String topic,
        @Nullable Long partition,
        @Nullable Long offset,
        @Nullable Long item,
        @Nullable String door,
        @Nullable String value,
        @Nullable Long valueBytes,
        boolean cut) {}
