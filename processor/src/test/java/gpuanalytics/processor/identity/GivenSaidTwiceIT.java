package gpuanalytics.processor.identity;

import gpuanalytics.embedded.testing.Lane;

class GivenSaidTwiceIT extends SaidTwiceContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
