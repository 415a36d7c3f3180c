package gpuanalytics.processor.query;

import gpuanalytics.local.lane.Lane;

class DockerUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
