package gpuanalytics.processor.price;

import static gpuanalytics.processor.price.TokenClass.CACHED_INPUT;
import static gpuanalytics.processor.price.TokenClass.CACHE_WRITE;
import static gpuanalytics.processor.price.TokenClass.INPUT;
import static gpuanalytics.processor.price.TokenClass.OUTPUT;
import static gpuanalytics.processor.price.TokenClass.REASONING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PriceBookTest {

    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant HALF_PAST = Instant.parse("2026-03-01T12:30:00Z");
    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");

    @Test
    void aPriceHoldsFromItsDateUntilTheNextOneBegins() {
        var book = book(gpu("H100", rate("3", JANUARY), rate("2.5", HALF_PAST)));

        assertEquals(Optional.empty(), usd(book, "H100", JANUARY.minusNanos(1)));
        assertEquals(usd("3"), usd(book, "H100", JANUARY));
        assertEquals(usd("3"), usd(book, "H100", HALF_PAST.minusNanos(1)));
        assertEquals(usd("2.5"), usd(book, "H100", HALF_PAST));
        assertEquals(usd("2.5"), usd(book, "H100", MAY));
    }

    @Test
    void aPriceWithAnEndGivesWayToTheOneBeforeItOrToNone() {
        var book =
                book(
                        gpu("H100", rate("3", JANUARY), until("1", HALF_PAST, MAY)),
                        gpu("A100", until("1", JANUARY, MAY)));

        assertEquals(usd("1"), usd(book, "H100", MAY.minusNanos(1)));
        assertEquals(usd("3"), usd(book, "H100", MAY));
        assertEquals(usd("1"), usd(book, "A100", MAY.minusNanos(1)));
        assertEquals(Optional.empty(), usd(book, "A100", MAY));
    }

    @Test
    void theMomentsOfChangeLieInsideTheWindow() {
        var book =
                book(
                        gpu("H100", rate("3", JANUARY), rate("2.5", HALF_PAST)),
                        gpu("A100", until("1", JANUARY, MAY)));
        var hour = Instant.parse("2026-03-01T12:00:00Z");

        assertEquals(Set.of(HALF_PAST), book.changes(hour, hour.plusSeconds(3600)));
        assertEquals(Set.of(), book.changes(HALF_PAST, HALF_PAST.plusSeconds(3600)));
        assertEquals(Set.of(), book.changes(hour, HALF_PAST));
        assertEquals(Set.of(), book.changes(MAY, hour));
        assertEquals(List.of(HALF_PAST, MAY), List.copyOf(book.changes(JANUARY, MAY.plusNanos(1))));
    }

    @Test
    void noMarketStandsInForAnother() {
        var spot = new GpuRate(Market.SPOT, new BigDecimal("1"), from(JANUARY), "");
        var book = book(gpu("H100", rate("3", JANUARY), spot), gpu("A100", rate("2", JANUARY)));

        assertEquals(usd("1"), usd(book.gpu("H100", Market.SPOT, MAY)));
        assertEquals(Optional.empty(), book.gpu("A100", Market.SPOT, MAY));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "NVIDIA H100 80GB HBM3, 3",
                "H100-SXM5-80GB,        3",
                "H100-SXM5-96GB,        none",
                "h100-sxm5-80gb,        none",
                "NVIDIA H100 PCIe,      2",
                "NVIDIA H100 PCIe 94GB, 2",
                "NVIDIA H100 NVL,       1",
                "NVIDIA H200,           none",
                "NVIDIA H100,           none",
                "Any GPU with H100 in its name, none"
            })
    void aNameIsItselfThenAnAliasThenThePatternWithTheMostLetters(String name, String price) {
        var book =
                book(
                        named(
                                "NVIDIA H100 80GB HBM3",
                                List.of("H100-SXM5-80GB"),
                                rate("3", JANUARY)),
                        named("other", List.of("NVIDIA H100 *"), rate("1", JANUARY)),
                        named("pcie", List.of("NVIDIA H100 PCIe*"), rate("2", JANUARY)));

        assertEquals(Optional.ofNullable(price).map(BigDecimal::new), usd(book, name, MAY), name);
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "a*a, a, false",
        "a*a, aa, true",
        "a*b*c, a-b-b-c, true",
        "a*b*c, a-c-b, false",
        "*b*, abc, true",
        "a*bc*c, abc, false",
        "a.c*, abc, false"
    })
    void aStarStandsForAnyTextAndNothingElseDoes(String pattern, String name, boolean matches) {
        assertEquals(matches, Names.matches(pattern, name));
    }

    @Test
    void aDatedModelHasThePriceOfThePrefixThatTheBookLists() {
        var book =
                models(
                        new PricedModel<>(
                                "gpt-4o",
                                List.of("gpt-4o-20*"),
                                List.of(tokens(Map.of(INPUT, "2.5")))),
                        new PricedModel<>(
                                "gpt-4o-2024-05-13",
                                List.of(),
                                List.of(tokens(Map.of(INPUT, "5")))));

        assertEquals(usd("2.5"), input(book, "gpt-4o"));
        assertEquals(usd("2.5"), input(book, "gpt-4o-2024-08-06"));
        assertEquals(usd("5"), input(book, "gpt-4o-2024-05-13"));
        assertEquals(Optional.empty(), input(book, "gpt-4o-mini"));
    }

    @Test
    void tokensWithoutAPriceOfTheirOwnCostWhatTheyAreBilledAsAndNeverNothing() {
        var whole = prices(Map.of(INPUT, "2", CACHED_INPUT, "1", OUTPUT, "8", REASONING, "9"));
        var brief = prices(Map.of(INPUT, "2", OUTPUT, "8"));
        var embedding = prices(Map.of(INPUT, "0.02"));

        assertEquals(usd("1"), whole.usdPerMillion(CACHED_INPUT));
        assertEquals(usd("9"), whole.usdPerMillion(REASONING));
        assertEquals(usd("2"), brief.usdPerMillion(CACHED_INPUT));
        assertEquals(usd("2"), brief.usdPerMillion(CACHE_WRITE));
        assertEquals(usd("8"), brief.usdPerMillion(REASONING));
        assertEquals(Optional.empty(), embedding.usdPerMillion(OUTPUT));
        assertEquals(Optional.empty(), embedding.usd(REASONING, 1));
    }

    @Test
    void whatTokensCostIsExact() {
        var usd = prices(Map.of(INPUT, "0.15")).usd(INPUT, 1).orElseThrow();

        assertEquals(0, new BigDecimal("0.00000015").compareTo(usd));
    }

    @Test
    void whatHasNoPriceIsUnpricedAndZeroIsAPrice() {
        var book = book(gpu("mine", rate("0", JANUARY)));

        assertEquals(usd("0"), usd(book, "mine", MAY));
        assertEquals(Optional.empty(), usd(book, "theirs", MAY));
        assertEquals(Optional.empty(), book.tokens("llama-3-70b", MAY));
        assertEquals(Optional.empty(), PriceBook.EMPTY.gpu("mine", Market.ON_DEMAND, MAY));
    }

    @Test
    void theFallbackIsOfLastResortAndSaysSo() {
        var list = list("file:1", gpu("H100", rate("3", JANUARY)));
        var book = PriceBook.of(List.of(list), usd("1.20"));

        var listed = book.gpu("H100", Market.ON_DEMAND, MAY).orElseThrow();
        var other = book.gpu("L4", Market.ON_DEMAND, MAY).orElseThrow();
        assertFalse(listed.isFallback());
        assertEquals("file:1", listed.version());
        assertTrue(other.isFallback());
        assertEquals(new BigDecimal("1.2"), other.usdPerHour());
        assertTrue(book.gpu("H100", Market.SPOT, MAY).orElseThrow().isFallback());
        assertTrue(GpuPrice.provided(BigDecimal.ONE).isProvided());
        assertEquals(
                Optional.empty(), book.tokens("H100", MAY), "no tokens cost what an hour does");
    }

    @Test
    void aLaterListStandsForThePriceThatBeginsAtTheSameMoment() {
        var file = list("file:1", gpu("H100", rate("3", JANUARY), rate("2", HALF_PAST)));
        var put = list("put:1", gpu("H100", rate("2.75", JANUARY)));
        var book = PriceBook.of(List.of(file, put), Optional.empty());

        assertEquals(usd("2.75"), usd(book, "H100", JANUARY));
        assertEquals("put:1", book.gpu("H100", Market.ON_DEMAND, JANUARY).orElseThrow().version());
        assertEquals(usd("2"), usd(book, "H100", HALF_PAST), "the other dates stay");
    }

    @Test
    void equalPricesHaveOneVersionAndOtherPricesAnother() {
        var book = book(gpu("H100", rate("3", JANUARY)));

        assertEquals(book.version(), book(gpu("H100", rate("3.00", JANUARY))).version());
        for (var other :
                List.of(
                        book(gpu("H100", rate("3.01", JANUARY))),
                        book(gpu("H100", rate("3", HALF_PAST))),
                        book(gpu("H200", rate("3", JANUARY))),
                        book(named("H100", List.of("H*"), rate("3", JANUARY))),
                        PriceBook.of(book.lists(), usd("1")),
                        PriceBook.EMPTY)) {
            assertNotEquals(book.version(), other.version());
        }
    }

    @Test
    void neitherANegativePriceNorATimeThatEndsBeforeItBeginsIsMade() {
        assertThrows(IllegalArgumentException.class, () -> rate("-0.01", JANUARY));
        assertThrows(IllegalArgumentException.class, () -> tokens(Map.of(INPUT, "-1")));
        assertThrows(IllegalArgumentException.class, () -> tokens(Map.of()));
        assertThrows(IllegalArgumentException.class, () -> until("1", MAY, MAY));
    }

    private static Optional<BigDecimal> usd(String usd) {
        return Optional.of(new BigDecimal(usd));
    }

    private static Optional<BigDecimal> usd(PriceBook book, String gpu, Instant at) {
        return usd(book.gpu(gpu, Market.ON_DEMAND, at));
    }

    private static Optional<BigDecimal> usd(Optional<GpuPrice> price) {
        return price.map(GpuPrice::usdPerHour);
    }

    private static Optional<BigDecimal> input(PriceBook book, String model) {
        return book.tokens(model, MAY).flatMap(prices -> prices.usdPerMillion(INPUT));
    }

    private static TokenPrices prices(Map<TokenClass, String> usd) {
        var book = models(new PricedModel<>("m", List.of(), List.of(tokens(usd))));
        return book.tokens("m", MAY).orElseThrow();
    }

    private static TokenRate tokens(Map<TokenClass, String> usd) {
        var decimals = new EnumMap<TokenClass, BigDecimal>(TokenClass.class);
        usd.forEach((tokens, text) -> decimals.put(tokens, new BigDecimal(text)));
        return new TokenRate(decimals, from(JANUARY), "");
    }

    private static GpuRate rate(String usdPerHour, Instant from) {
        return new GpuRate(Market.ON_DEMAND, new BigDecimal(usdPerHour), from(from), "");
    }

    private static GpuRate until(String usdPerHour, Instant from, Instant to) {
        return new GpuRate(
                Market.ON_DEMAND,
                new BigDecimal(usdPerHour),
                new Validity(from, Optional.of(to)),
                "");
    }

    private static Validity from(Instant from) {
        return new Validity(from, Optional.empty());
    }

    private static PricedModel<GpuRate> gpu(String model, GpuRate... rates) {
        return named(model, List.of(), rates);
    }

    private static PricedModel<GpuRate> named(
            String model, List<String> aliases, GpuRate... rates) {
        return new PricedModel<>(model, aliases, Arrays.asList(rates));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static PriceBook book(PricedModel<GpuRate>... gpus) {
        return PriceBook.of(List.of(list("file:1", gpus)), Optional.empty());
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static PriceList list(String version, PricedModel<GpuRate>... gpus) {
        return new PriceList(version, Arrays.asList(gpus), List.of());
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // only read
    private static PriceBook models(PricedModel<TokenRate>... models) {
        var list = new PriceList("file:1", List.of(), Arrays.asList(models));
        return PriceBook.of(List.of(list), Optional.empty());
    }
}
