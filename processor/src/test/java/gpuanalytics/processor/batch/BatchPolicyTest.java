package gpuanalytics.processor.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPolicyTest {

    private final BatchPolicy policy = new BatchPolicy(10, 1000, Duration.ofMillis(200));

    @ParameterizedTest
    @CsvSource({
        "0, 0, 500, false", // nothing to send
        "1, 10, 199, false",
        "1, 10, 200, true",
        "10, 10, 0, true",
        "1, 1000, 0, true",
        "9, 999, 0, false",
    })
    void sendsABatchWhenItIsFullOrOld(int rows, long bytes, long ageMillis, boolean due) {
        assertEquals(due, policy.isDue(rows, bytes, Duration.ofMillis(ageMillis)));
    }
}
