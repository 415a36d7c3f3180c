package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class EmbeddedDurableReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }
}
