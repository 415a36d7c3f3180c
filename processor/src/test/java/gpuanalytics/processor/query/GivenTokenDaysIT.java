package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Lane;

class GivenTokenDaysIT extends TokenDaysContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
