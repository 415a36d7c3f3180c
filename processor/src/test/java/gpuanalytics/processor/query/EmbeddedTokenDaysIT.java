package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedTokenDaysIT extends TokenDaysContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
