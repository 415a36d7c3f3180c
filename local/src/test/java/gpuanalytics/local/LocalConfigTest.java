package gpuanalytics.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.config.ConfigurationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalConfigTest {

    @Test
    void rollupsAreKeptAtLeastAsLongAsWhatTheyAreCountedFrom() {
        var refused =
                assertThrows(
                        ConfigurationException.class,
                        () ->
                                LocalConfig.fromEnvironment(
                                        Map.of(
                                                "LOCAL_RAW_RETENTION_S", "7201",
                                                "LOCAL_MINUTE_RETENTION_S", "7200",
                                                "LOCAL_HOUR_RETENTION_S", "7199")));

        assertEquals(
                List.of(
                        "LOCAL_MINUTE_RETENTION_S is 7200, expected at least the 7201 of"
                                + " LOCAL_RAW_RETENTION_S",
                        "LOCAL_HOUR_RETENTION_S is 7199, expected at least the 7200 of"
                                + " LOCAL_MINUTE_RETENTION_S"),
                refused.errors());
    }
}
