package gpuanalytics.processor.measure;

import gpuanalytics.processor.store.StoreLayout;

/** What token rollups count beside their readings. */
public enum TokenCounter implements RollupCounter {
    REQUESTS(StoreLayout.REQUESTS),
    ERRORS(StoreLayout.ERRORS),
    FAILED_ATTEMPTS(StoreLayout.FAILED_ATTEMPTS),
    SUPERSEDED(StoreLayout.SUPERSEDED),
    WITHOUT_REQUEST(StoreLayout.WITHOUT_REQUEST);

    private final String field;

    TokenCounter(String field) {
        this.field = field;
    }

    @Override
    public String field() {
        return field;
    }
}
