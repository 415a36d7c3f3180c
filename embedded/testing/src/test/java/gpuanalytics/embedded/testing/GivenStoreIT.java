package gpuanalytics.embedded.testing;

class GivenStoreIT extends StoreContract {

    @Override
    Lane lane() {
        return Lane.GIVEN;
    }
}
