package gpuanalytics.local;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedDurableReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }
}
