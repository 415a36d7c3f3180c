package gpuanalytics.processor.ledger;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger keeps of an entry, each an integer. Times of GPUs are in microseconds, energy is
 * in microjoules, all else is counted. Names are those in the store.
 */
enum Amount {
    ALLOCATION_INPUT_US,
    ALLOCATION_OUTPUT_US,
    ALLOCATION_IDLE_US,
    USAGE_INPUT_US,
    USAGE_OUTPUT_US,
    USAGE_IDLE_US,
    /** Time of GPUs without a reading of how busy they were, on the usage basis. */
    USAGE_UNKNOWN_US,
    /** Time between samples that no sample stands for; on both bases. */
    GAP_US,
    ALLOCATION_UJ,
    ALLOCATION_IDLE_UJ,
    USAGE_UJ,
    USAGE_IDLE_UJ,
    USAGE_UNKNOWN_UJ,
    /** Tokens that ended in a minute of a GPU whose energy is known. */
    METERED_TOKENS,
    /** Attributed time that was split by the time of prefill and decode. */
    BY_TIME_US,
    /** Attributed time that was split by tokens. */
    BY_TOKENS_US,
    /** Requests that ran longer than they are spread, the rest of which counts at their end. */
    CUT_REQUESTS,
    REQUESTS,
    ERRORS,
    PROMPT_TOKENS,
    COMPLETION_TOKENS,
    CACHED_PROMPT_TOKENS,
    CACHE_WRITE_TOKENS,
    REASONING_TOKENS,
    /** Time that no tokens claim and in which the GPU was busy, as in training. */
    BUSY_UNCLAIMED_US,
    /** Time that no tokens claim and in which the GPU was not busy, while a pod holds it. */
    HELD_IDLE_US,
    /** Busy time in which the clocks were held down. */
    THROTTLED_US,
    /** Such time from an XID error on, until there is work again. */
    XID_IDLE_US,
    /** Such time with memory in use. */
    MEMORY_HELD_US;

    private static final Amount[] ALL = values();

    private final String field = name().toLowerCase(Locale.ROOT);

    /** Its place among all amounts, in memory: documents have names. */
    @SuppressWarnings("EnumOrdinal") // sums in an array cost little, and there are millions
    int index() {
        return ordinal();
    }

    /** A bit of its own. */
    long bit() {
        return 1L << index();
    }

    /** Its name in a document. */
    String field() {
        return field;
    }

    /** The amount of a name in a document; null where none has it. */
    static @Nullable Amount ofField(String field) {
        for (var amount : ALL) {
            if (amount.field.equals(field)) {
                return amount;
            }
        }
        return null;
    }

    static Amount input(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> ALLOCATION_INPUT_US;
            case USAGE -> USAGE_INPUT_US;
        };
    }

    static Amount output(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> ALLOCATION_OUTPUT_US;
            case USAGE -> USAGE_OUTPUT_US;
        };
    }

    static Amount idle(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> ALLOCATION_IDLE_US;
            case USAGE -> USAGE_IDLE_US;
        };
    }

    static Amount energy(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> ALLOCATION_UJ;
            case USAGE -> USAGE_UJ;
        };
    }

    static Amount idleEnergy(Basis basis) {
        return switch (basis) {
            case ALLOCATION -> ALLOCATION_IDLE_UJ;
            case USAGE -> USAGE_IDLE_UJ;
        };
    }
}
