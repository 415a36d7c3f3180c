package gpuanalytics.processor.identity;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedSaidTwiceIT extends SaidTwiceContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
