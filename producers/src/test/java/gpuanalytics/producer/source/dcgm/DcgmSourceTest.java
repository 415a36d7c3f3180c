package gpuanalytics.producer.source.dcgm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.producer.SourceKind;
import gpuanalytics.producer.source.Feed;
import gpuanalytics.producer.source.scrape.FakeExporter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DcgmSourceTest {

    private static final Instant START = Instant.parse("2026-11-28T12:00:04Z");

    private static Feed open(FakeExporter exporter, Map<String, String> more) {
        var environment = new HashMap<>(more);
        environment.put("SOURCE", "dcgm");
        environment.put("DCGM_TARGETS", exporter.target());
        var config = ProducerConfig.fromEnvironment(environment).sources().get(SourceKind.DCGM);
        return Objects.requireNonNull(assertInstanceOf(DcgmConfig.class, config))
                .open(Clock.fixed(START, ZoneOffset.UTC), () -> {});
    }

    private static Instant second(int second) {
        return Instant.parse("2026-11-28T12:00:00Z").plusSeconds(second);
    }

    @Test
    void aSampleSaysItsTimeItsIntervalAndWhereItIsFrom() throws Exception {
        try (var exporter = new FakeExporter();
                var feed = open(exporter, Map.of("PRICE_PER_HOUR_USD", "2.5"))) {
            exporter.text = "DCGM_FI_DEV_GPU_UTIL{gpu=\"0\",modelName=\"H100\"} 50\n";
            feed.events().nextDue(START);

            var sample = feed.events().take(second(30), 100).getFirst();

            assertEquals(second(30), sample.ts());
            assertEquals(30.0, sample.get(GpuMetric.INTERVAL_S));
            assertEquals("dcgm", sample.get(GpuMetric.SOURCE));
            assertEquals("127.0.0.1", sample.get(GpuMetric.HOST));
            assertEquals(2.5, sample.get(GpuMetric.PRICE_PER_HOUR_USD));
            assertEquals(0.5, sample.get(GpuMetric.UTILIZATION));
        }
    }

    @Test
    void anExporterThatStartsAnewAndCountersThatGoBackAreToldAsTheyAre() throws Exception {
        try (var exporter = new FakeExporter();
                var feed = open(exporter, Map.of("DCGM_INTERVAL_S", "10"))) {
            feed.events().nextDue(START);
            var energies = new ArrayList<Double>();
            int round = 0;
            for (var mJ : List.of("5000000", "9000000", "", "1000000")) {
                round++;
                exporter.text =
                        mJ.isEmpty()
                                ? ""
                                : "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu=\"0\",UUID=\"g\"} "
                                        + mJ;
                feed.events()
                        .take(second(10 * round), 100)
                        .forEach(sample -> energies.add(sample.get(GpuMetric.ENERGY_J_TOTAL)));
            }

            assertEquals(List.of(5000.0, 9000.0, 1000.0), energies);
            assertTrue(feed.parts().getFirst().up());
        }
    }

    @Test
    void anExporterThatShowsNoGpuIsNamed() throws Exception {
        try (var exporter = new FakeExporter();
                var feed = open(exporter, Map.of())) {
            exporter.text = "go_goroutines 12\n";
            feed.events().nextDue(START);

            assertEquals(List.of(), feed.events().take(second(30), 100));
            assertEquals(
                    "targets answering: 1 of 1; http://%s/metrics: shows no metric of interest"
                            .formatted(exporter.target()),
                    feed.parts().getFirst().detail());
        }
    }

    @Test
    void twoWhoScrapeOneExporterSayTheSame() throws Exception {
        try (var exporter = new FakeExporter();
                var one = open(exporter, Map.of());
                var other = open(exporter, Map.of())) {
            exporter.text = "DCGM_FI_DEV_GPU_UTIL{gpu=\"0\",UUID=\"GPU-a\"} 50\n";
            one.events().nextDue(START);
            other.events().nextDue(START.plusSeconds(9));

            var first = one.events().take(second(30), 100);
            var second = other.events().take(second(38), 100);

            assertEquals(first, second);
            assertEquals("g:GPU-a@1795867230.000000000", EventId.of(first.getFirst()));
        }
    }
}
