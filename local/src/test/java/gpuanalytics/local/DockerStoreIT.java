package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class DockerStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
