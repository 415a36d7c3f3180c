package gpuanalytics.local;

import gpuanalytics.local.lane.Lane;

class GivenReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
