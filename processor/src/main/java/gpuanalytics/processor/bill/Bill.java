package gpuanalytics.processor.bill;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a file bills for some time.
 *
 * @param format whose columns it has
 * @param costColumn the column that is summed up
 * @param usd the sum, to the micro-dollar
 * @param lines what became of its lines
 * @param refused why lines could not be read, a reason after the other
 * @param span the time that its lines are about, also beyond the time that was asked for; empty
 *     where none is about any
 */
public record Bill(
        BillFormat format,
        String costColumn,
        BigDecimal usd,
        Lines lines,
        List<Refused> refused,
        Optional<Span> span) {

    public Bill {
        refused = List.copyOf(refused);
    }

    /**
     * What became of lines; all but {@code cut} add up to all there are.
     *
     * @param counted those that are in the sum
     * @param outside those of another time
     * @param filtered those that were not asked for
     * @param refused those that cannot be read
     * @param cut of the counted ones those of which a share is in the sum, by time
     */
    public record Lines(long counted, long outside, long filtered, long refused, long cut) {}

    /**
     * Lines that cannot be read.
     *
     * @param reason why
     * @param lines how many
     * @param example the first of them: its line, what is in it and what was expected
     */
    public record Refused(String reason, long lines, String example) {}

    /** From the first moment to the last. */
    public record Span(Instant from, Instant to) {}
}
