package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.Claim.Method;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A minute of a GPU, split over the tokens that ran in it: what they get and what is idle add up to
 * the minute, to the last microsecond and microjoule, on both bases. Pure: no store, no clock.
 *
 * @param method by what it is split: by time where all claims know theirs, for times and tokens do
 *     not compare
 */
record Attribution(
        Method method,
        Shares allocationUs,
        Shares usageUs,
        @Nullable Shares allocationUj,
        @Nullable Shares usageUj) {

    /** An amount in parts; what each claim gets for its input and its output. */
    static final class Shares {

        private final long[] parts;
        private final long idle;
        private final long unknown;

        /**
         * @param parts input and output of each claim in turn, in the order of claims
         * @param idle what no claim gets
         * @param unknown what cannot be told
         */
        private Shares(long[] parts, long idle, long unknown) {
            this.parts = parts;
            this.idle = idle;
            this.unknown = unknown;
        }

        long input(int claim) {
            return parts[2 * claim];
        }

        long output(int claim) {
            return parts[2 * claim + 1];
        }

        long idle() {
            return idle;
        }

        long unknown() {
            return unknown;
        }

        /** All parts together: the amount. */
        long total() {
            return Arrays.stream(parts).sum() + idle + unknown;
        }
    }

    static Attribution of(GpuMinute minute, List<Claim> claims) {
        var method = claims.stream().allMatch(Claim::hasTimes) ? Method.TIME : Method.TOKENS;
        var weights = new long[2 * claims.size()];
        var isClaimed = false;
        for (int i = 0; i < claims.size(); i++) {
            var weight = claims.get(i).weight(method);
            weights[2 * i] = weight.input();
            weights[2 * i + 1] = weight.output();
            isClaimed |= weight.input() + weight.output() > 0;
        }
        var claimed = isClaimed ? weights : null;
        var energyUj = minute.energyUj();
        return new Attribution(
                method,
                allocated(minute.coveredUs(), claims.size(), claimed),
                used(minute, minute.coveredUs(), claims.size(), claimed),
                energyUj == null ? null : allocated(energyUj, claims.size(), claimed),
                energyUj == null ? null : used(minute, energyUj, claims.size(), claimed));
    }

    Shares us(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> allocationUs;
            case USAGE -> usageUs;
        };
    }

    @Nullable Shares uj(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> allocationUj;
            case USAGE -> usageUj;
        };
    }

    private static Shares allocated(long amount, int claims, long @Nullable [] weights) {
        return weights == null
                ? new Shares(new long[2 * claims], amount, 0)
                : new Shares(LargestRemainder.split(amount, weights), 0, 0);
    }

    private static Shares used(
            GpuMinute minute, long amount, int claims, long @Nullable [] weights) {
        if (weights == null) {
            return new Shares(new long[2 * claims], amount, 0);
        }
        var busy = minute.busy(amount);
        return busy == null
                ? new Shares(new long[2 * claims], 0, amount)
                : new Shares(LargestRemainder.split(busy, weights), amount - busy, 0);
    }
}
