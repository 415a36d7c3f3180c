package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class EmbeddedDurableStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }
}
