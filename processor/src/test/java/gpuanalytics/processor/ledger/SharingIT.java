package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.event.Event;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.ledger.SharingReport.Row;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models whose GPUs could hold each other, by what rollups in a store say. */
class SharingIT {

    private static final Instant START = LedgerFixture.hoursAgo(5);
    private static final Instant END = START.plus(Duration.ofHours(2));
    private static final long GIB = 1L << 30;

    private final LedgerFixture fixture = new LedgerFixture();
    private final List<Event> events = new ArrayList<>();

    @BeforeEach
    void price() {
        fixture.priceWith(
                new TestPrices()
                        .gpu("H100", "4", Instant.EPOCH)
                        .gpu("L4", "1", Instant.EPOCH)
                        .book());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void twoModelsFitBesideEachOther() throws InterruptedException {
        serve("GPU-1", "H100", "llama", 30, 0.2);
        serve("GPU-2", "H100", "llama", 40, 0.4);
        serve("GPU-3", "H100", "qwen", 40, 0.3);

        // 40 and 40 of 80 GiB; 30 % and 30 % busy; one GPU for two hours at 4 USD
        for (var isStored : new boolean[] {false, true}) {
            if (isStored) {
                fixture.keeper().keep();
            }
            assertEquals(
                    List.of("llama could hold qwen: 1 H100, 80 of 80 GiB, 0.6 busy, 8.000000 USD"),
                    told());
        }
    }

    @Test
    void theModelWithFewerGpusFreesThem() throws InterruptedException {
        serve("GPU-1", "H100", "llama", 10, 0.1);
        serve("GPU-2", "H100", "qwen", 10, 0.1);
        serve("GPU-3", "H100", "qwen", 10, 0.1);
        serve("GPU-4", "H100", "mistral", 10, 0.6);
        serve("GPU-5", "H100", "mistral", 10, 0.6);

        assertEquals(
                List.of(
                        "mistral could hold qwen: 2 H100, 20 of 80 GiB, 0.7 busy, 16.000000 USD",
                        "mistral could hold llama: 1 H100, 20 of 80 GiB, 0.7 busy, 8.000000 USD",
                        "qwen could hold llama: 1 H100, 20 of 80 GiB, 0.2 busy, 8.000000 USD"),
                told());
    }

    @Test
    void whatIsTooFullTooBusyOfAnotherKindOrSaysTooLittleIsNotTold() throws InterruptedException {
        serve("GPU-1", "H100", "full", 50, 0.1);
        serve("GPU-2", "H100", "as-full", 31, 0.1);
        serve("GPU-3", "H100", "busy", 1, 0.8);
        serve("GPU-4", "L4", "elsewhere", 1, 0.1);
        serve("GPU-5", "H100", "untold", null, 0.1);
        serve("GPU-6", "H100", "also-untold", 1, null);
        serve("GPU-7", "H100", null, 1, 0.1);

        assertEquals(List.of(), told());
    }

    @Test
    void withoutAPriceThereAreNoDollars() throws InterruptedException {
        serve("GPU-1", "Unlisted", "llama", 30, 0.2);
        serve("GPU-2", "Unlisted", "qwen", 30, 0.2);

        assertEquals(
                List.of("llama could hold qwen: 1 Unlisted, 60 of 80 GiB, 0.4 busy, absent USD"),
                told());
    }

    /** Two hours that the ledger does not have yet are more than one. */
    @Test
    void anAnswerComputesNoMoreHoursThanItMay() throws InterruptedException {
        serve("GPU-1", "H100", "llama", 30, 0.2);
        fixture.store(events);
        var queries = fixture.queries(new LedgerConfig(Duration.ofMinutes(5), Duration.ZERO, 1));

        var behind = assertThrows(LedgerBehindException.class, () -> queries.sharing(query()));
        assertEquals(
                "the ledger is computing 2 hours of this time, and an answer computes at most 1"
                        + " itself (LEDGER_MAX_OPEN_HOURS): ask again, or for a shorter time",
                behind.getMessage());

        fixture.keeper().keep();
        assertEquals(0, queries.sharing(query()).notes().openHours());
    }

    private static CostQuery query() {
        return new CostQuery(
                QueryWindow.of(START, END, new Step.Total()),
                List.of(),
                Map.of(),
                Basis.ALLOCATION);
    }

    /** A GPU for two hours, on which a model, if any, answers something each hour. */
    private void serve(
            String gpu,
            String gpuModel,
            @Nullable String model,
            @Nullable Integer usedGib,
            @Nullable Double busy) {
        for (int minute = 0; minute < 120; minute++) {
            var at = START.plusSeconds(60L * minute);
            // the most that it holds, once
            var used = usedGib == null ? null : Long.valueOf((minute == 7 ? usedGib : 1) * GIB);
            events.add(
                    GpuMetric.builder()
                            .set(GpuMetric.TS, at)
                            .set(GpuMetric.HOST, "node-1")
                            .set(GpuMetric.GPU_UUID, gpu)
                            .set(GpuMetric.NAME, gpuModel)
                            .set(GpuMetric.UTILIZATION, busy)
                            .set(GpuMetric.MEM_USED_BYTES, used)
                            .set(GpuMetric.MEM_TOTAL_BYTES, 80 * GIB)
                            .set(GpuMetric.INTERVAL_S, 60.0)
                            .build());
            if (model != null && minute % 60 == 5) {
                events.add(
                        TokenUsage.builder()
                                .set(TokenUsage.TS, at.plusSeconds(10))
                                .set(TokenUsage.REQUEST_ID, gpu + at)
                                .set(TokenUsage.MODEL, model)
                                .set(TokenUsage.GPU_UUID, gpu)
                                .set(TokenUsage.PROMPT_TOKENS, 1000L)
                                .set(TokenUsage.COMPLETION_TOKENS, 400L)
                                .build());
            }
        }
    }

    private List<String> told() throws InterruptedException {
        fixture.store(events);
        events.clear();
        return fixture.queries().sharing(query()).rows().stream().map(SharingIT::text).toList();
    }

    private static String text(Row row) {
        return "%s could hold %s: %d %s, %d of %d GiB, %.1f busy, %s USD"
                .formatted(
                        row.model(),
                        row.other(),
                        row.gpus(),
                        row.gpuModel(),
                        row.memUsedBytes() / GIB,
                        row.memTotalBytes() / GIB,
                        row.utilization(),
                        row.usd() == null ? "absent" : row.usd().toPlainString());
    }
}
