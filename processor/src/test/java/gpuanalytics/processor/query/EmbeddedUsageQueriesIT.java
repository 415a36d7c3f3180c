package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Lane;

class EmbeddedUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
