package gpuanalytics.local;

import gpuanalytics.embedded.testing.Lane;

class DockerReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
