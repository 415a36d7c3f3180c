package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.processor.bill.BillLimits;
import gpuanalytics.processor.export.ExportConfig;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.CorsOrigins;
import gpuanalytics.service.http.HttpSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HttpConfigTest {

    @Test
    void anEmptyEnvironmentListensOnLoopback() {
        assertEquals(
                new HttpConfig("127.0.0.1", 8080, QueryLimits.defaults()),
                HttpConfig.fromEnvironment(new EnvironmentReader(Map.of())));
    }

    @Test
    void everyVariableHasItsPlace() {
        var environment =
                new EnvironmentReader(
                        Map.of(
                                "HTTP_HOST", "0.0.0.0",
                                "HTTP_PORT", "0",
                                "QUERY_MAX_DAYS", "2",
                                "QUERY_MAX_POINTS", "3",
                                "QUERY_MAX_GROUPS", "4",
                                "QUERY_MAX_CONCURRENT", "5",
                                "QUERY_TIMEOUT_MS", "6",
                                "QUERY_MAX_SORTED_GROUPS", "7",
                                "QUERY_GPU_MAX_AGE_MINUTES", "8",
                                "HTTP_CORS_ORIGINS", "https://boards.example"));

        var config = HttpConfig.fromEnvironment(environment);

        environment.check();
        assertEquals(
                new HttpConfig(
                        HttpSettings.at("0.0.0.0", 0)
                                .with(new CorsOrigins(Set.of("https://boards.example"))),
                        new QueryLimits(
                                Duration.ofDays(2),
                                3,
                                4,
                                5,
                                Duration.ofMillis(6),
                                7,
                                Duration.ofMinutes(8))),
                config);
    }

    @Test
    void exportsAndBillsAreAsTheirVariablesSay() {
        var environment =
                new EnvironmentReader(
                        Map.of(
                                "EXPORT_MAX_CONCURRENT", "3",
                                "FOCUS_BILLING_ACCOUNT_ID", "4711",
                                "FOCUS_BILLING_ACCOUNT_NAME", "Research",
                                "FOCUS_PROVIDER_NAME", "Example",
                                "BILL_MAX_BYTES", "2048",
                                "BILL_MAX_UNPACKED_BYTES", "4096"));

        var config = HttpConfig.fromEnvironment(environment);

        environment.check();
        assertEquals(
                new ExportConfig(3, "4711", Optional.of("Research"), "Example"), config.exports());
        assertEquals(new BillLimits(2048, 4096), config.bills());
    }

    @Test
    void everyBadValueIsToldAtOnce() {
        var environment =
                new EnvironmentReader(
                        Map.of(
                                "HTTP_PORT",
                                "80800",
                                "QUERY_MAX_DAYS",
                                "0",
                                "QUERY_MAX_GROUPS",
                                "x"));

        var _ = HttpConfig.fromEnvironment(environment);

        assertEquals(
                List.of(
                        "HTTP_PORT is 80800, expected a whole number from 0 to 65535",
                        "QUERY_MAX_DAYS is 0, expected a whole number from 1 to 36500",
                        "QUERY_MAX_GROUPS is x, expected a whole number from 1 to 100000"),
                environment.errors());
    }

    @Test
    void limitsOfNothingAreRefused() {
        var failure =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new QueryLimits(Duration.ZERO, 1, 1, 1, Duration.ofSeconds(1)));

        assertEquals("QUERY_MAX_DAYS is 0, expected at least 1", failure.getMessage());
    }
}
