package gpuanalytics.producer.receive;

import gpuanalytics.producer.publish.Fate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Records that are sent together, and what becomes of each. */
final class Fates {

    private final Fate[] fates;
    private final CountDownLatch open;
    private volatile boolean broken;

    Fates(int records) {
        fates = new Fate[records];
        Arrays.fill(fates, Fate.NOT_TAKEN);
        open = new CountDownLatch(records);
    }

    /** Whether to send the next one: not after one that Kafka does not take. */
    boolean goesOn() {
        return !broken;
    }

    /** Takes the fate of a record. */
    Consumer<Fate> fate(int record) {
        return fate -> {
            fates[record] = fate;
            if (fate == Fate.NOT_TAKEN || fate == Fate.FAILED) {
                broken = true;
            }
            open.countDown();
        };
    }

    /**
     * Waits for the fates; where one is not taken the rest was not sent, and nobody waits.
     *
     * @return whether all are known, or the round is broken
     */
    boolean await(Duration limit) throws InterruptedException {
        return broken || open.await(limit.toNanos(), TimeUnit.NANOSECONDS) || broken;
    }

    /** The fates as far as they are known; others count as not taken. */
    List<Fate> fates() {
        return List.of(fates.clone());
    }
}
