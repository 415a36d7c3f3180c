package gpuanalytics.embedded.testing;

class EmbeddedDurableStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }
}
