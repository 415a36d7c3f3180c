package gpuanalytics.processor.identity;

import gpuanalytics.embedded.testing.Lane;

class DurableSaidTwiceIT extends SaidTwiceContract {

    @Override
    Lane lane() {
        return Lane.DURABLE;
    }

    /** Fewer: every write goes to the disk. */
    @Override
    int histories() {
        return 1000;
    }
}
