package gpuanalytics.processor.price;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What an hour of a GPU costs.
 *
 * @param usdPerHour exact; not negative, and 0 is a price
 * @param effectiveFrom since when; {@link Instant#EPOCH} where it has no date
 * @param source where it is from: an address, {@link #PROVIDED} or {@link #FALLBACK}
 * @param version the list that has it
 */
public record GpuPrice(
        BigDecimal usdPerHour, Instant effectiveFrom, String source, String version) {

    /** The source of a price that the GPU's own events carry. */
    public static final String PROVIDED = "provided";

    /** The source of the price for GPUs that nothing else has a price for. */
    public static final String FALLBACK = "PRICE_PER_HOUR_USD";

    /** A price from an event's {@code price_per_hour_usd}: it wins over every book. */
    public static GpuPrice provided(BigDecimal usdPerHour) {
        return new GpuPrice(usdPerHour, Instant.EPOCH, PROVIDED, PROVIDED);
    }

    static GpuPrice fallback(BigDecimal usdPerHour) {
        return new GpuPrice(usdPerHour, Instant.EPOCH, FALLBACK, FALLBACK);
    }

    /** Whether an event carried it. */
    public boolean isProvided() {
        return source.equals(PROVIDED);
    }

    /** Whether it is only there for want of another. */
    public boolean isFallback() {
        return source.equals(FALLBACK);
    }
}
