package gpuanalytics.embedded.testing;

class DockerStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.DOCKER;
    }
}
