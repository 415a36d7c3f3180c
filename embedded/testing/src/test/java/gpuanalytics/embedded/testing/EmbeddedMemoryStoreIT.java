package gpuanalytics.embedded.testing;

class EmbeddedMemoryStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.EMBEDDED;
    }
}
