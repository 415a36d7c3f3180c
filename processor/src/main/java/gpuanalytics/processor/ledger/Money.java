package gpuanalytics.processor.ledger;

import java.math.BigDecimal;

/**
 * Sums of {@link Usd}, exact. There are many entries and few prices, which mostly follow each
 * other: time is added up as long as its price stays, and multiplied once. For one thread.
 */
final class Money {

    private BigDecimal input = BigDecimal.ZERO;
    private BigDecimal output = BigDecimal.ZERO;
    private BigDecimal idle = BigDecimal.ZERO;
    private BigDecimal unknown = BigDecimal.ZERO;

    /** Of the time that is not in the sums yet. */
    private BigDecimal usdPerHour = BigDecimal.ZERO;

    private long inputUs;
    private long outputUs;
    private long idleUs;
    private long unknownUs;

    /** Time of GPUs has this price from here on. */
    void priceIs(BigDecimal usd) {
        if (usd.compareTo(usdPerHour) != 0) {
            settle();
            usdPerHour = usd;
        }
    }

    void addUsed(long input, long output) {
        inputUs = Math.addExact(inputUs, input);
        outputUs = Math.addExact(outputUs, output);
    }

    void addUnused(long idle, long unknown) {
        idleUs = Math.addExact(idleUs, idle);
        unknownUs = Math.addExact(unknownUs, unknown);
    }

    void add(TokenCost cost) {
        input = input.add(cost.input());
        output = output.add(cost.output());
    }

    private void settle() {
        input = input.add(Usd.time(inputUs, usdPerHour));
        output = output.add(Usd.time(outputUs, usdPerHour));
        idle = idle.add(Usd.time(idleUs, usdPerHour));
        unknown = unknown.add(Usd.time(unknownUs, usdPerHour));
        inputUs = 0;
        outputUs = 0;
        idleUs = 0;
        unknownUs = 0;
    }

    BigDecimal input() {
        settle();
        return input;
    }

    BigDecimal output() {
        settle();
        return output;
    }

    BigDecimal idle() {
        settle();
        return idle;
    }

    BigDecimal unknown() {
        settle();
        return unknown;
    }

    BigDecimal attributed() {
        return input().add(output);
    }

    BigDecimal total() {
        return attributed().add(idle).add(unknown);
    }
}
