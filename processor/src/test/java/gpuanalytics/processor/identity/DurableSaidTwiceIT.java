package gpuanalytics.processor.identity;

import gpuanalytics.embedded.testing.Lane;

class DurableSaidTwiceIT extends SaidTwiceContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }

    /** Fewer, as every write goes to the disk; all with {@code make histories}. */
    @Override
    int histories() {
        return Integer.getInteger("histories", 1000);
    }
}
