package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class EmbeddedMemoryStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
