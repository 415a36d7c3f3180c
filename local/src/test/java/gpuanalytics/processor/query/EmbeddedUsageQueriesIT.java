package gpuanalytics.processor.query;

import gpuanalytics.local.lane.Lane;

class EmbeddedUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
