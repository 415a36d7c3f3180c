package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class EmbeddedMemoryReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
