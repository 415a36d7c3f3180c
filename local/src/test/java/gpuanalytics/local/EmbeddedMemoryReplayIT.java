package gpuanalytics.local;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedMemoryReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
