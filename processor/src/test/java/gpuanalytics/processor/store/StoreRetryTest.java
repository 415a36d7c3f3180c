package gpuanalytics.processor.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoException;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreRetryTest {

    private static final String WHAT = "insert into gpu_metrics";

    private final PartHealth health = new PartHealth("store", "starting", Clock.systemUTC());
    private final StoreRetry retry =
            new StoreRetry(health, new ProcessorMetrics(new SimpleMeterRegistry()));

    @Test
    void aWriterThatSucceedsDoesNotHideOneThatFailsAtTheSame() throws Exception {
        retry.pauseAfter(WHAT, 1, new MongoException("no answer"));

        CompletableFuture.runAsync(() -> retry.succeeded(WHAT)).join();
        assertFalse(health.report().up(), "this writer still waits for the store");

        retry.succeeded(WHAT);
        assertTrue(health.report().up());
    }

    @Test
    void aWriterThatGivesUpIsForgotten() throws Exception {
        var gaveUp =
                CompletableFuture.runAsync(
                        () -> {
                            Thread.currentThread().interrupt();
                            assertThrows(
                                    InterruptedException.class,
                                    () -> retry.pauseAfter(WHAT, 1, new MongoException("away")));
                        });
        gaveUp.join();
        assertFalse(health.report().up());

        retry.succeeded(WHAT);
        assertTrue(health.report().up());
    }
}
