package gpuanalytics.local;

import gpuanalytics.embedded.testing.Lane;

class GivenReplayIT extends ReplayContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
