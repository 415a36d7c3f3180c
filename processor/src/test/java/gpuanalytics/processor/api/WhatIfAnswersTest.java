package gpuanalytics.processor.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.WhatIfQuery;
import gpuanalytics.processor.ledger.WhatIfQuery.Fleet;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhatIfAnswersTest {

    private static final String PATH = "/costs/what-if?";

    @Test
    void asksForWhatIsWritten() {
        var query =
                asked(
                        "from=now-1d&team=search&as_model=gpt-5&as_model=gpt-4o&as_model=gpt-5&as_gpu_model=L4"
                            + "&as_gpus=8&as_speed=0.25&as_at=2025-06-01");

        assertEquals(List.of("gpt-5", "gpt-4o"), query.models());
        assertEquals(Instant.parse("2025-06-01T00:00:00Z"), query.pricesAt());
        assertEquals(
                Optional.of(new Fleet(Optional.of("L4"), Optional.empty(), Optional.of(8L), 0.25)),
                query.fleet());
        assertEquals(Map.of(CostDimension.TEAM, List.of("search")), query.costs().filters());
        assertEquals(List.of(), query.costs().groupBy());
    }

    @Test
    void withoutAnotherFleetItAsksForNone() {
        var query = asked("from=now-1d");

        assertEquals(Optional.empty(), query.fleet());
        assertEquals(RunningApi.NOW, query.pricesAt());
        assertEquals(
                Optional.of(
                        new Fleet(
                                Optional.empty(),
                                Optional.of(new BigDecimal("2.50")),
                                Optional.empty(),
                                1)),
                asked("as_usd_per_hour=2.50").fleet());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    as_gpus=0                 | as_gpus is 0, expected a whole number from 1 to 999999
                    as_gpus=-2                | as_gpus is -2, expected a whole number from 1 to 999999
                    as_gpus=1.5               | as_gpus is 1.5, expected a whole number from 1 to 999999
                    as_gpus=1&as_gpus=2       | as_gpus is 1 and 2, expected one value
                    as_speed=0                | as_speed is 0, expected more than 0
                    as_speed=0.000            | as_speed is 0.000, expected more than 0
                    as_speed=1e9              | as_speed is 1e9, expected a factor from 0.001 to 999 such as 1.5
                    as_usd_per_hour=          | as_usd_per_hour is empty, expected USD such as 2.49, up to 999999
                    as_usd_per_hour=-1        | as_usd_per_hour is -1, expected USD such as 2.49, up to 999999
                    as_usd_per_hour=9999999   | as_usd_per_hour is 9999999, expected USD such as 2.49, up to 999999
                    as_model=                 | as_model is empty, expected at least 1 character
                    as_gpu_model=             | as_gpu_model is empty, expected at least 1 character
                    as_gpu_model=A,B          | as_gpu_model is A and B, expected one value
                    as_market=spot            | as_market is unknown
                    group_by=team             | group_by is unknown
                    step=1d                   | step is unknown
                    """)
    void whatCannotBeAskedIsRefusedByName(String question, String detail) throws Exception {
        try (var running = new RunningApi()) {
            var answer = running.get(PATH + question);

            assertEquals(400, answer.statusCode());
            var problem = new ObjectMapper().readTree(answer.body());
            assertTrue(problem.get("detail").asText().startsWith(detail), answer.body());
        }
    }

    @Test
    void thereIsALimitOfModels() {
        try (var running = new RunningApi()) {
            var models =
                    IntStream.rangeClosed(0, WhatIfQuery.MAX_MODELS)
                            .mapToObj(i -> "m" + i)
                            .collect(Collectors.joining(","));
            var answer = running.get(PATH + "as_model=" + models);

            assertEquals(400, answer.statusCode());
            assertTrue(
                    answer.body().contains("as_model is 21 values, expected at most 20"),
                    answer.body());
        }
    }

    @Test
    void csvSaysTheSameAndNoNameIsAFormula() {
        try (var running = new RunningApi()) {
            var answer = running.get(PATH + "as_model=gpt-5&format=csv");
            var lines = answer.body().lines().toList();

            assertEquals("ledger,,,1200,12.5,,12.5,,,42,1.5,2.25,0.25,0.5,3.5,,", lines.get(1));
            assertTrue(lines.get(3).startsWith("api,'=gpt,"), lines.get(3));
            assertTrue(lines.get(3).endsWith(",1000000,1.25"), lines.get(3));
            assertTrue(lines.get(4).endsWith(",0.5,"), "absent is not zero: " + lines.get(4));
            assertTrue(
                    answer.headers()
                            .firstValue(NoteParts.HEADER)
                            .orElseThrow()
                            .endsWith("; hours=1.5; prices_at=2026-01-31T12:00:30Z"));
        }
    }

    private static WhatIfQuery asked(String question) {
        try (var running = new RunningApi()) {
            var answer = running.get(PATH + question);

            assertEquals(200, answer.statusCode(), answer.body());
            return running.ledger.asked.orElseThrow();
        }
    }
}
