package gpuanalytics.processor.price;

import java.math.BigDecimal;

/**
 * What a list says of a GPU model in one market.
 *
 * @param usdPerHour not negative; 0 is a price
 * @param source where the price is from, such as an address; may be empty
 */
public record GpuRate(Market market, BigDecimal usdPerHour, Validity validity, String source)
        implements Rate {

    public GpuRate {
        Rate.requireNotNegative("usd_per_hour", usdPerHour);
        usdPerHour = Rate.plain(usdPerHour);
    }
}
