package gpuanalytics.service.lifecycle;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeriodicTest {

    @Test
    void goesOnAfterAnException() throws InterruptedException {
        runsAgainAfter(new IllegalStateException("thrown by the test"));
    }

    @Test
    void goesOnAfterAnError() throws InterruptedException {
        runsAgainAfter(new StackOverflowError("thrown by the test"));
    }

    private static void runsAgainAfter(Throwable thrown) throws InterruptedException {
        var runs = new CountDownLatch(3);
        Periodic.Task task =
                () -> {
                    runs.countDown();
                    switch (thrown) {
                        case Error error -> throw error;
                        case RuntimeException exception -> throw exception;
                        default -> throw new AssertionError(thrown);
                    }
                };
        try (var _ = new Periodic("test", Duration.ofMillis(1), task)) {
            runs.await();
        }
    }
}
