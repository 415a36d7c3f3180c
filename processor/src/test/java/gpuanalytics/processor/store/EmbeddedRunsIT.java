package gpuanalytics.processor.store;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedRunsIT extends RunsContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
