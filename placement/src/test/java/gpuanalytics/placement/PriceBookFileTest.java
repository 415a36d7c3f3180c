package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.price.PriceBookFile;
import gpuanalytics.placement.trace.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceBookFileTest {

    private static final Instant NOW = Instant.parse("2026-11-29T00:00:00Z");
    private static final Path EXAMPLE =
            Path.of(
                    "../processor/src/main/resources/gpuanalytics/processor/price/example-prices.yaml");

    @TempDir Path directory;

    private GpuPrices read(String text, String market) throws IOException, BadInputException {
        var file = Files.writeString(directory.resolve("prices.yaml"), text);
        return PriceBookFile.read(file, market, NOW);
    }

    @Test
    void theProcessorsExampleIsReadAsItIs() throws Exception {
        var prices = PriceBookFile.read(EXAMPLE, "on_demand", NOW);

        assertEquals(OptionalDouble.of(0.526), prices.usdPerHour("T4"));
        assertEquals(OptionalDouble.of(6.88), prices.usdPerHour("NVIDIA H100 80GB HBM3"));
        assertEquals(OptionalDouble.empty(), prices.usdPerHour("G2"));
    }

    @Test
    void thePriceThatBeganLastHoldsUntilItsEndAndNoMarketStandsForAnother() throws Exception {
        var book =
                """
                gpus:
                  - model: A
                    aliases: ["*A*", "big*A"]
                    prices:
                      - {usd_per_hour: 1, effective_from: 2026-01-01}
                      - {usd_per_hour: 2, effective_from: 2026-11-01T00:00:00+01:00}
                      - {usd_per_hour: 3, effective_from: 2026-11-02, effective_to: 2026-11-03}
                      - {usd_per_hour: 4, effective_from: 2027-01-01}
                      - {market: spot, usd_per_hour: 5, effective_from: 2026-11-20}
                  - {model: B, aliases: ["big one*"], prices: [{usd_per_hour: 7, effective_from: 2026-01-01}]}
                """;

        assertEquals(OptionalDouble.of(2), read(book, "on_demand").usdPerHour("A"));
        assertEquals(OptionalDouble.of(5), read(book, "spot").usdPerHour("xAx"));
        assertEquals(OptionalDouble.empty(), read(book, "reserved").usdPerHour("A"));
        assertEquals(OptionalDouble.of(7), read(book, "on_demand").usdPerHour("big one A"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "models: [];gpus is missing, expected a list of GPU models with prices",
                "gpus: [{prices: []}];gpus[0].model is missing, expected a model's name",
                "gpus: [{model: A}];gpus[0].prices is missing, expected a list of dated prices",
                "gpus: [{model: A, prices: [{usd_per_hour: -3, effective_from:"
                    + " 2026-01-01}]}];gpus[0].prices[0].usd_per_hour is -3, expected a number of"
                    + " USD from 0 to 1000000",
                "gpus: [{model: A, prices: [{usd_per_hour: 3, effective_from:"
                    + " soon}]}];gpus[0].prices[0].effective_from is \"soon\", expected a date, or"
                    + " a time with its zone",
                "gpus: [{model: A, prices: [{usd_per_hour: 3, effective_from: 2026-01-01, market:"
                    + " black}]}];gpus[0].prices[0].market is \"black\", expected one of on_demand,"
                    + " spot, reserved"
            })
    void aBadPriceIsOneLineWithItsPlace(String text, String expected) {
        var refused = assertThrows(BadInputException.class, () -> read(text, "on_demand"));

        assertEquals(directory.resolve("prices.yaml") + ": " + expected, refused.line());
    }

    @Test
    void whatIsNoYamlIsSaid() {
        var refused = assertThrows(BadInputException.class, () -> read("gpus: [", "on_demand"));

        assertEquals(
                directory.resolve("prices.yaml")
                        + " is no YAML from line 1, expected a price book (docs/prices.md)",
                refused.line());
    }
}
