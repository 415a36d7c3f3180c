package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class GivenStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
