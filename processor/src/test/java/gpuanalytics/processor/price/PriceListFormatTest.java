package gpuanalytics.processor.price;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriceListFormatTest {

    private static final int MANY = 1000;

    @TempDir Path directory;

    @Test
    void theEmptyListOfTheManifestsIsRead() throws Exception {
        var file = Path.of("..", "k8s", "base", "app", "processor", "prices.yaml");

        var list = PriceListFormat.yaml(Files.readAllBytes(file), MANY);

        assertEquals(List.of(), list.gpus());
        assertEquals(List.of(), list.models());
    }

    @Test
    void readsAList() throws Exception {
        var list =
                yaml(
                        """
                        gpus:
                          - model: NVIDIA H100 80GB HBM3
                            aliases: [H100-SXM5-80GB]
                            prices:
                              - usd_per_hour: 2.990
                                effective_from: 2026-01-01
                                source: https://prices.example/h100
                              - market: spot
                                usd_per_hour: 1
                                effective_from: 2026-01-01T12:30:00+02:00
                                effective_to: 2026-02-01
                        models:
                          - model: gpt-4o
                            prices:
                              - usd_per_million: {input: 2.5, cached_input: 1.25, output: 10}
                                effective_from: 2024-10-01
                        """);

        var h100 = list.gpus().getFirst();
        assertEquals(List.of("H100-SXM5-80GB"), h100.aliases());
        assertEquals(
                new GpuRate(
                        Market.ON_DEMAND,
                        new BigDecimal("2.99"),
                        new Validity(Instant.parse("2026-01-01T00:00:00Z"), Optional.empty()),
                        "https://prices.example/h100"),
                h100.rates().getFirst());
        assertEquals(
                new GpuRate(
                        Market.SPOT,
                        BigDecimal.ONE,
                        new Validity(
                                Instant.parse("2026-01-01T10:30:00Z"),
                                Optional.of(Instant.parse("2026-02-01T00:00:00Z"))),
                        ""),
                h100.rates().getLast());
        assertEquals(
                Map.of(
                        TokenClass.INPUT, new BigDecimal("2.5"),
                        TokenClass.CACHED_INPUT, new BigDecimal("1.25"),
                        TokenClass.OUTPUT, BigDecimal.TEN),
                list.models().getFirst().rates().getFirst().usdPerMillion());
        assertEquals(4, list.size());
    }

    @Test
    void theVersionOfAFileIsWhatItSaysAndNotHowItIsWritten() throws Exception {
        var list =
                yaml(
                        "gpus: [{model: L4, prices: [{usd_per_hour: 1, effective_from:"
                                + " 2026-01-01}]}]");
        var same =
                yaml(
                        """
                        # the same
                        gpus:
                          - model: L4
                            prices:
                              - {effective_from: 2026-01-01, usd_per_hour: 1.00, market: on_demand}
                        """);

        assertTrue(list.version().startsWith("file:"));
        assertEquals(list.version(), same.version());
    }

    /** {@code ;} stands for a line end and {@code @} for what every dated price needs. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            textBlock =
                    """
                    gpu: []                               | gpu is unknown, expected one of gpus, models
                    gpus: [];models:                      | nothing is wrong
                    []                                    | the list is a list, expected an object of gpus, models
                    gpus: L4                              | gpus is a text, expected a list
                    gpus: [L4]                            | gpus[0] is a text, expected an object of model, aliases, prices
                    gpus: [{model: L4}]                   | gpus[0].prices is empty, expected at least one dated price
                    gpus: [{prices: [{usd_per_hour: 1, @}]}] | gpus[0].model is absent, expected the name of a model
                    gpus: [{model: 4, prices: [{usd_per_hour: 1, @}]}] | gpus[0].model is a number, expected a text
                    gpus: [{model: 'L*', prices: [{usd_per_hour: 1, @}]}] | gpus[0].model is L*, expected a name without *, which an alias may have
                    gpus: [{model: L4, price: 1, prices: [{usd_per_hour: 1, @}]}] | gpus[0].price is unknown, expected one of model, aliases, prices
                    gpus: [{model: L4, aliases: [' '], prices: [{usd_per_hour: 1, @}]}] | gpus[0].aliases[0] is  , expected a text of 1 to 512 characters
                    gpus: [{model: L4, prices: [{usd_per_hour: -3, @}]}] | gpus[0].prices[0].usd_per_hour is -3, expected a number of USD from 0 to 1000000 with at most 18 digits
                    gpus: [{model: L4, prices: [{usd_per_hour: 1000001, @}]}] | gpus[0].prices[0].usd_per_hour is 1000001, expected a number of USD from 0 to 1000000 with at most 18 digits
                    gpus: [{model: L4, prices: [{usd_per_hour: 1.0e-999999999, @}]}] | gpus[0].prices[0].usd_per_hour is 1E-999999999, expected a number of USD from 0 to 1000000 with at most 18 digits
                    gpus: [{model: L4, prices: [{usd_per_hour: '1', @}]}] | gpus[0].prices[0].usd_per_hour is 1, expected a number of USD from 0 to 1000000 with at most 18 digits
                    gpus: [{model: L4, prices: [{usd_per_hour: .nan, @}]}] | line 1, column 48: Malformed numeric value '.nan'
                    gpus: [{model: L4, prices: [{@}]}]    | gpus[0].prices[0].usd_per_hour is absent, expected a number of USD from 0 to 1000000 with at most 18 digits
                    gpus: [{model: L4, prices: [{usd_per_hour: 1}]}] | gpus[0].prices[0].effective_from is absent, expected a date such as 2026-01-31 or a time with its zone such as 2026-01-31T12:30:00Z
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, effective_from: 2026-13-01}]}] | gpus[0].prices[0].effective_from is 2026-13-01, expected a date such as 2026-01-31 or a time with its zone such as 2026-01-31T12:30:00Z
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, effective_from: 2026-01-01T12:00:00}]}] | gpus[0].prices[0].effective_from is 2026-01-01T12:00:00, expected a date such as 2026-01-31 or a time with its zone such as 2026-01-31T12:30:00Z
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @, effective_to: 2025-12-31}]}] | gpus[0].prices[0].effective_to is 2025-12-31T00:00:00Z, expected a time after 2026-01-01T00:00:00Z
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @, market: on-demand}]}] | gpus[0].prices[0].market is on-demand, expected on_demand or spot or reserved
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @}, {usd_per_hour: 2, @}]}] | gpus[0].prices[1].effective_from is 2026-01-01T00:00:00Z, expected a time outside that of gpus[0].prices[0] (from 2026-01-01T00:00:00Z)
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @, effective_to: 2026-05-01}, {usd_per_hour: 2, effective_from: 2026-02-01}]}] | gpus[0].prices[1].effective_from is 2026-02-01T00:00:00Z, expected a time outside that of gpus[0].prices[0] (2026-01-01T00:00:00Z to 2026-05-01T00:00:00Z)
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @, effective_to: 2026-05-01}, {usd_per_hour: 2, effective_from: 2026-05-01}, {usd_per_hour: 2, @, market: spot}]}] | nothing is wrong
                    gpus: [{model: L4, prices: [{usd_per_hour: 1, @}]}, {model: L4, prices: [{usd_per_hour: 2, @}]}] | gpus[1].model is L4, expected another name than that of gpus[0].model
                    gpus: [{model: L4, aliases: [x], prices: [{usd_per_hour: 1, @}]}, {model: T4, aliases: [x], prices: [{usd_per_hour: 2, @}]}] | gpus[1].aliases[0] is x, expected another name than that of gpus[0].aliases[0]
                    models: [{model: m, prices: [{@}]}]   | models[0].prices[0].usd_per_million is absent, expected at least one of input, cached_input, cache_write, output, reasoning
                    models: [{model: m, prices: [{usd_per_million: {prompt: 1}, @}]}] | models[0].prices[0].usd_per_million.prompt is unknown, expected one of input, cached_input, cache_write, output, reasoning
                    models: [{model: m, prices: [{usd_per_million: {input: -1}, @}]}] | models[0].prices[0].usd_per_million.input is -1, expected a number of USD from 0 to 1000000 with at most 18 digits
                    models: [{model: m, prices: [{usd_per_million: {input: 1}, usd_per_hour: 1, @}]}] | models[0].prices[0].usd_per_hour is unknown, expected one of usd_per_million, effective_from, effective_to, source
                    """)
    void everyFaultIsOneLineThatNamesItsPlaceItsValueAndWhatWasExpected(String yaml, String fault) {
        assertEquals(List.of(fault), faults(yaml));
    }

    @Test
    void allFaultsAreToldTogether() {
        assertEquals(
                3,
                faults("gpus: [{model: L4, prices: [{usd_per_hour: -1, market: x, cost: 4, @}]}]")
                        .size());
    }

    @Test
    void whatIsNoYamlIsToldWithItsLine() {
        var line = faults("gpus:\n  - model: L4\n   prices: []").getFirst();
        var twice = faults("gpus: []\ngpus: []").getFirst();

        assertTrue(line.matches("line 3, column \\d+: .+"), line);
        assertTrue(twice.matches("line 2, column \\d+: Duplicate field 'gpus'.*"), twice);
    }

    @Test
    void aListHasALimit() {
        var two =
                "gpus: [{model: L4, aliases: [x], prices: [{usd_per_hour: 1, effective_from:"
                        + " 2026-01-01}]}]";

        assertEquals(
                List.of(
                        "the list is 2 prices and aliases long, expected at most 1"
                                + " (PRICES_MAX_ENTRIES)"),
                assertThrows(
                                RefusedListException.class,
                                () -> PriceListFormat.yaml(two.getBytes(UTF_8), 1))
                        .faults());
    }

    @Test
    void theBookThatComesAlongPricesWhatPeopleHave() throws Exception {
        var list =
                PriceListFormat.yaml(
                        Resource.read("gpuanalytics/processor/price/example-prices.yaml"), MANY);
        var book = PriceBook.of(List.of(list), Optional.empty());
        var at = Instant.parse("2026-01-01T00:00:00Z");

        for (var gpu :
                List.of("NVIDIA H100 80GB HBM3", "H100-SXM5-80GB", "NVIDIA A100-SXM4-40GB")) {
            assertTrue(book.gpu(gpu, Market.ON_DEMAND, at).isPresent(), gpu);
        }
        for (var model : List.of("gpt-4o", "gpt-4o-2024-08-06", "claude-sonnet-4-20250514")) {
            assertTrue(book.tokens(model, at).isPresent(), model);
        }
        for (var listed : book.listed(at)) {
            assertTrue(listed.rate().source().startsWith("https://"), listed.toString());
        }
    }

    @Test
    void theConfigurationNamesTheFileOfAFault() throws IOException {
        var file =
                Files.writeString(
                        directory.resolve("prices.yaml"),
                        "gpus: [{model: L4, prices: [{usd_per_hour: -3, effective_from:"
                                + " 2026-01-01}]}]");
        var missing = directory.resolve("none.yaml");

        assertEquals(
                List.of(
                        ("PRICES_FILE %s: gpus[0].prices[0].usd_per_hour is -3, expected a number"
                                        + " of USD from 0 to 1000000 with at most 18 digits")
                                .formatted(file)),
                errors(Map.of("PRICES_FILE", file.toString())));
        assertEquals(
                List.of(
                        "PRICES_FILE is %s, expected a readable file of at most 1048576 bytes (PRICES_MAX_BYTES)"
                                .formatted(missing)),
                errors(Map.of("PRICES_FILE", missing.toString())));
        assertEquals(
                List.of("PRICE_PER_HOUR_USD is -1, expected a number from 0 to 10000"),
                errors(Map.of("PRICES_FILE", "example", "PRICE_PER_HOUR_USD", "-1")));
    }

    private static List<String> errors(Map<String, String> environment) {
        var reader = new EnvironmentReader(environment);
        PriceConfig.read(reader);
        return reader.errors();
    }

    private static List<String> faults(String yaml) {
        try {
            yaml(yaml.replace(";", "\n").replace("@", "effective_from: 2026-01-01"));
            return List.of("nothing is wrong");
        } catch (RefusedListException e) {
            return e.faults();
        }
    }

    private static PriceList yaml(String text) throws RefusedListException {
        return PriceListFormat.yaml(text.getBytes(UTF_8), MANY);
    }
}
