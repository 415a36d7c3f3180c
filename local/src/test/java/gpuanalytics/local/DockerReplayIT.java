package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class DockerReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
