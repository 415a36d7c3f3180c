package gpuanalytics.processor.query;

import gpuanalytics.embedded.testing.Lane;

class DockerUsageQueriesIT extends UsageQueriesContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
