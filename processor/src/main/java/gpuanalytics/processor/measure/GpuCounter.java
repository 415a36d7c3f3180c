package gpuanalytics.processor.measure;

import gpuanalytics.processor.store.StoreLayout;

/** What a GPU's rollups count beside its readings. */
public enum GpuCounter implements RollupCounter {
    SAMPLES(StoreLayout.SAMPLES),
    COVERED_US(StoreLayout.COVERED_US),
    ENERGY_UJ(StoreLayout.ENERGY_UJ),
    XID_ERRORS(StoreLayout.XID_ERRORS),
    ENERGY_UNKNOWN(StoreLayout.ENERGY_UNKNOWN);

    private final String field;

    GpuCounter(String field) {
        this.field = field;
    }

    @Override
    public String field() {
        return field;
    }
}
