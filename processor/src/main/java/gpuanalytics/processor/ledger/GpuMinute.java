package gpuanalytics.processor.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What a GPU, or one of its MIG instances, did in a minute.
 *
 * @param coveredUs the time that its samples stand for, in microseconds; of one GPU at most a
 *     minute
 * @param energyUj the energy that they tell of, in microjoules; null where none does
 * @param busyMillionths which share of the time it was busy, in millionths; null where no sample
 *     says
 */
record GpuMinute(long coveredUs, @Nullable Long energyUj, @Nullable Long busyMillionths) {

    static final long MINUTE_US = 60_000_000;
    static final long ALL = 1_000_000;

    GpuMinute {
        if (coveredUs < 0) {
            throw new IllegalArgumentException("%d µs, expected at least 0".formatted(coveredUs));
        }
    }

    /** The busy part of an amount; null where it is not known how busy it was. */
    @Nullable Long busy(long amount) {
        // two steps: the product of a minute's energy and millionths may pass 64 bits
        return busyMillionths == null
                ? null
                : amount / ALL * busyMillionths + amount % ALL * busyMillionths / ALL;
    }
}
