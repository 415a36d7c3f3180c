package gpuanalytics.processor.identity;

import gpuanalytics.embedded.testing.Lane;

class DockerSaidTwiceIT extends SaidTwiceContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
