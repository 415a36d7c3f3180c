package gpuanalytics.processor.query;

import gpuanalytics.processor.store.StoreLayout;
import java.util.Locale;

/** The readings of a GPU that rollups keep, and how their sum is kept. */
public enum GpuReading {
    UTILIZATION(StoreLayout.SUM_MICRO, 1e6),
    SM_ACTIVE(StoreLayout.SUM_MICRO, 1e6),
    TENSOR_ACTIVE(StoreLayout.SUM_MICRO, 1e6),
    DRAM_ACTIVE(StoreLayout.SUM_MICRO, 1e6),
    MEM_USED_BYTES(StoreLayout.SUM, 1),
    MEM_TOTAL_BYTES(StoreLayout.SUM, 1),
    POWER_W(StoreLayout.SUM_MICRO, 1e6),
    TEMP_C(StoreLayout.SUM_MICRO, 1e6),
    SM_CLOCK_HZ(StoreLayout.SUM, 1),
    MEM_CLOCK_HZ(StoreLayout.SUM, 1),
    PCIE_TX_BPS(StoreLayout.SUM, 1),
    PCIE_RX_BPS(StoreLayout.SUM, 1),
    PRICE_PER_HOUR_USD(StoreLayout.SUM_MICRO, 1e6);

    private final String sumField;
    private final double sumUnits;

    GpuReading(String sumField, double sumUnits) {
        this.sumField = sumField;
        this.sumUnits = sumUnits;
    }

    /** The name in events, in the API and in the store, such as {@code power_w}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where its sum stands in its part of a rollup. */
    String sumField() {
        return sumField;
    }

    /** How much a sum in the store is per unit. */
    double sumUnits() {
        return sumUnits;
    }
}
