package gpuanalytics.processor.query;

import gpuanalytics.local.lane.Lane;

class GivenUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
