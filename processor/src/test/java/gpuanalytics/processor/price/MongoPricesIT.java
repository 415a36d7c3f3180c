package gpuanalytics.processor.price;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Sorts;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.http.Resource;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MongoPricesIT {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");
    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));

    @AfterEach
    void close() {
        store.close();
        embedded.close();
    }

    @Test
    void aListThatIsPutHoldsOnEveryProcessorAndAfterARestart() throws Exception {
        var one = prices(Duration.ZERO);
        var other = prices(Duration.ZERO);
        assertEquals("3", usd(other.book()));

        var change = one.put(list("2.75"), "ana");

        assertEquals("2.75", usd(change.book()));
        assertEquals("2.75", usd(other.book()));
        assertEquals("2.75", usd(prices(Duration.ZERO).book()));
        assertEquals(one.book().version(), other.book().version());
        var kept = other.lists().getLast();
        assertEquals(Optional.of("ana"), kept.by());
        assertEquals(Optional.of(Instant.parse("2026-03-01T12:00:00.123Z")), kept.createdAt());
    }

    @Test
    void theWholeExampleIsTheSameAfterItWasStored() throws Exception {
        var example = Resource.read("gpuanalytics/processor/price/example-prices.yaml");
        var list = PriceListFormat.yaml(example, 1000);

        prices(Duration.ZERO).put(list, "ana");

        assertEquals(list.as("put:1"), prices(Duration.ZERO).lists().getLast().list());
    }

    @Test
    void whatWasPutElsewhereIsUnseenOnlyUntilTheBookIsTooOld() throws Exception {
        var keeping = prices(Duration.ofHours(1));
        assertEquals("3", usd(keeping.book()));

        prices(Duration.ZERO).put(list("2.75"), "ana");

        assertEquals("3", usd(keeping.book()));
        assertEquals("2.75", usd(prices(Duration.ofHours(1)).book()));
        assertEquals("2.5", usd(keeping.put(list("2.5"), "bob").book()), "over what ana has put");
        assertEquals(3, keeping.lists().size());
    }

    @Test
    void nothingIsOverwrittenAndTheSameIsNotKeptTwice() throws Exception {
        var prices = prices(Duration.ZERO);
        prices.put(list("2.75"), "ana");
        prices.put(list("2.5"), "ana");

        assertEquals(Optional.empty(), prices.put(list("2.50"), "bob").added());

        assertEquals(2, stored().size());
        var history = prices.book().history();
        assertEquals(List.of("3", "2.75", "2.5"), history.stream().map(this::usd).toList());
        assertEquals(new BigDecimal("2.75"), storedUsd(stored().getFirst()));
    }

    @Test
    void twoProcessorsThatPutAtOnceKeepBothLists() throws Exception {
        int each = 8;
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var puts = new ArrayList<java.util.concurrent.Future<?>>();
            for (int processor = 0; processor < 2; processor++) {
                var prices = prices(Duration.ZERO);
                int own = processor;
                puts.add(
                        threads.submit(
                                () -> {
                                    begin.await();
                                    for (int i = 0; i < each; i++) {
                                        prices.put(list("1." + own + i + "1"), "p" + own);
                                    }
                                    return null;
                                }));
            }
            begin.countDown();
            for (var put : puts) {
                put.get();
            }
        }

        var kept = new HashSet<String>();
        prices(Duration.ZERO).book().history().forEach(price -> kept.add(usd(price)));
        assertEquals(1 + 2 * each, kept.size(), kept.toString());
        assertEquals(2L * each, stored().getLast().getLong(StoreLayout.ID));
    }

    @Test
    void aNameThatStandsForAnotherModelIsRefused() throws Exception {
        var prices = prices(Duration.ZERO);
        prices.put(named("NVIDIA H200", List.of("H200*")), "ana");

        assertEquals(
                List.of(
                        "gpus[0].aliases[0] is H200*, expected a name that does not stand for"
                                + " NVIDIA H200"),
                refused(prices, named("other", List.of("H200*"))));
        assertEquals(
                List.of("gpus[0].aliases[0] is H100, expected a name that does not stand for H100"),
                refused(prices, named("other", List.of("H100"))));
        assertEquals(1, stored().size());
    }

    @Test
    void theBookHasALimit() throws Exception {
        var prices = new MongoPrices(config(Duration.ZERO, 2), store, LIMIT, Clock.systemUTC());
        prices.put(list("2"), "ana");

        assertEquals(
                List.of(
                        "the book is 3 prices and aliases long with these, expected at most 2"
                                + " (PRICES_MAX_ENTRIES)"),
                refused(prices, list("1")));
        assertEquals(Optional.empty(), prices.put(list("2"), "ana").added(), "a repeat is none");
    }

    @Test
    void aStoreThatIsAwayIsSaidAndNoOldPriceIsTold() {
        var away = new MongoStore(TestStoreConfig.at("mongodb://127.0.0.1:1/?connectTimeoutMS=50"));
        try (away) {
            var prices =
                    new MongoPrices(
                            config(Duration.ZERO, 100),
                            away,
                            Duration.ofMillis(100),
                            Clock.systemUTC());

            assertThrows(StoreUnavailableException.class, prices::book);
            assertThrows(StoreUnavailableException.class, () -> prices.put(list("1"), "ana"));
        }
    }

    private static List<String> refused(MongoPrices prices, PriceList list) {
        return assertThrows(RefusedListException.class, () -> prices.put(list, "ana")).faults();
    }

    private MongoPrices prices(Duration maxAge) {
        return new MongoPrices(
                config(maxAge, 1000), store, LIMIT, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static PriceConfig config(Duration maxAge, int maxEntries) {
        return new PriceConfig(
                Optional.of(list("3").as("file:0")),
                Market.ON_DEMAND,
                Optional.empty(),
                maxAge,
                maxEntries,
                1 << 20);
    }

    private static PriceList list(String usdPerHour) {
        return list("H100", List.of(), usdPerHour);
    }

    private static PriceList named(String model, List<String> aliases) {
        return list(model, aliases, "1");
    }

    private static PriceList list(String model, List<String> aliases, String usdPerHour) {
        var rate =
                new GpuRate(
                        Market.ON_DEMAND,
                        new BigDecimal(usdPerHour),
                        new Validity(JANUARY, Optional.empty()),
                        "");
        return new PriceList(
                "", List.of(new PricedModel<>(model, aliases, List.of(rate))), List.of());
    }

    private static String usd(PriceBook book) {
        var price = book.gpu("H100", Market.ON_DEMAND, NOW).orElseThrow();
        return price.usdPerHour().toPlainString();
    }

    private String usd(ListedPrice price) {
        return price.rate() instanceof GpuRate rate ? rate.usdPerHour().toPlainString() : "";
    }

    private List<Document> stored() {
        return store.database()
                .getCollection(StoreLayout.PRICES)
                .find()
                .sort(Sorts.ascending(StoreLayout.ID))
                .into(new ArrayList<>());
    }

    private static BigDecimal storedUsd(Document stored) {
        var gpu = stored.get("list", Document.class).getList("gpus", Document.class).getFirst();
        var price = gpu.getList("prices", Document.class).getFirst();
        assertTrue(price.getString("effective_from").endsWith("Z"));
        return price.get("usd_per_hour", org.bson.types.Decimal128.class).bigDecimalValue();
    }
}
