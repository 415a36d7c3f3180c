package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Lane;

class GivenUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
