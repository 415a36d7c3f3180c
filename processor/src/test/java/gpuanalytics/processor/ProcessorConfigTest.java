package gpuanalytics.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.config.ConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorConfigTest {

    @Test
    void rollupsAreKeptAtLeastAsLongAsWhatTheyAreCountedFrom() {
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                ProcessorConfig.fromEnvironment(
                                        Map.of(
                                                "RAW_RETENTION_HOURS", "49",
                                                "MINUTE_RETENTION_DAYS", "2",
                                                "HOUR_RETENTION_DAYS", "1")));

        assertEquals(
                """
                MINUTE_RETENTION_DAYS is 2, expected at least the 49 hours of RAW_RETENTION_HOURS
                HOUR_RETENTION_DAYS is 1, expected at least the 2 of MINUTE_RETENTION_DAYS\
                """
                        .lines()
                        .toList(),
                refused.errors());
    }

    @Test
    void retentionsMayBeEqual() {
        var config =
                ProcessorConfig.fromEnvironment(
                        Map.of(
                                "RAW_RETENTION_HOURS", "48",
                                "MINUTE_RETENTION_DAYS", "2",
                                "HOUR_RETENTION_DAYS", "2"));

        assertEquals(Duration.ofDays(2), config.store().minuteRetention());
    }
}
