package gpuanalytics.processor.store;

import gpuanalytics.embedded.testing.Lane;

class GivenRunsIT extends RunsContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
