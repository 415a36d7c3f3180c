package gpuanalytics.placement.http;

import gpuanalytics.placement.price.GpuPrices;
import java.util.List;

/** Knows what GPUs cost where nobody says so. */
@FunctionalInterface
public interface PriceSource {

    /**
     * What was found.
     *
     * @param prices the prices; none where they could not be found
     * @param missing why not, in a line; else empty
     */
    record Found(GpuPrices prices, List<String> missing) {

        public Found {
            missing = List.copyOf(missing);
        }

        /** Prices that were found. */
        public static Found of(GpuPrices prices) {
            return new Found(prices, List.of());
        }
    }

    /** Looks for them; may take a while. */
    Found find() throws InterruptedException;
}
