package gpuanalytics.processor.budget;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.testing.SettableClock;
import gpuanalytics.processor.budget.BudgetConfig.Hook;
import gpuanalytics.processor.budget.Spending.Spent;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.TestStoreConfig;
import gpuanalytics.service.config.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BudgetWatchIT {

    private static final Instant NOON = Instant.parse("2026-03-10T12:00:00Z");
    private static final Instant MARCH = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String SECRET = "hush";

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final MongoStore store = new MongoStore(TestStoreConfig.at(embedded.url()));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final BudgetMetrics metrics = new BudgetMetrics(registry);
    private final Told told = new Told();
    private final SettableClock clock = new SettableClock(NOON);
    private final FakeSpending spending = new FakeSpending();

    @BeforeEach
    void putBudget() {
        store.prepare();
        budgets(Optional.empty()).put(List.of(budget("100", 80, 100)), "ana");
    }

    @AfterEach
    void close() {
        told.close();
        store.close();
        embedded.close();
    }

    @Test
    void aShareFiresOnceHoweverManyLookAndHoweverOften() throws Exception {
        spending.usd = new BigDecimal("79.999999");
        look(watch(Optional.empty()));
        assertEquals(0, alerts());

        spending.usd = new BigDecimal("80");
        lookAtOnce(8);
        look(watch(Optional.empty()));

        assertEquals(1, alerts());
        assertEquals(1, store.collection(StoreLayout.BUDGET_ALERTS).countDocuments());
        assertEquals(List.of(80), firedPercents());

        spending.usd = new BigDecimal("150");
        lookAtOnce(8);
        assertEquals(2, alerts());
        assertEquals(List.of(80, 100), firedPercents());
    }

    @Test
    void aBudgetThatIsRaisedFiresAnewAtItsNewAmountAndShowsOnlyThat() throws Exception {
        spending.usd = new BigDecimal("90");
        look(watch(Optional.empty()));
        assertEquals(1, alerts());

        budgets(Optional.empty()).put(List.of(budget("1000", 80, 100)), "ana");
        look(watch(Optional.empty()));
        assertEquals(1, alerts());
        assertEquals(List.of(), firedPercents("1000"));

        spending.usd = new BigDecimal("800");
        look(watch(Optional.empty()));
        look(watch(Optional.empty()));
        assertEquals(2, alerts());
        assertEquals(List.of(80), firedPercents("1000"));
        assertEquals(List.of(80), firedPercents());
    }

    @Test
    void howeverManyBudgetsThereAreSpendingIsReadOncePerPeriod() throws Exception {
        var many = new ArrayList<Budget>();
        for (int i = 0; i < 10; i++) {
            many.add(budget("search " + i, "100", 80));
        }
        budgets(Optional.empty()).put(many, "ana");
        look(watch(Optional.empty()));
        assertEquals(1, spending.readings.get());

        assertEquals(10, budgets(Optional.empty()).states(many).size());
        assertEquals(3, spending.readings.get(), "one of the period and one of the hours");
    }

    @Test
    void aPeriodThatBeginsRightNowHasNothingSpent() {
        clock.set(Instant.parse("2026-04-01T00:00:00Z"));

        var state = state(budget("100", 80));

        assertEquals(new Spent(BigDecimal.ZERO, true), state.spent());
        assertEquals(1, spending.readings.get(), "only the hours of the past");
    }

    @Test
    void theNextPeriodFiresAnewAndItsFirstHourLooksBack() throws Exception {
        spending.usd = new BigDecimal("85");
        look(watch(Optional.empty()));

        clock.set(Instant.parse("2026-04-01T00:30:00Z"));
        spending.usd = BigDecimal.ZERO;
        spending.march = new BigDecimal("101"); // told late
        look(watch(Optional.empty()));
        assertEquals(2, alerts());

        clock.set(Instant.parse("2026-04-01T01:00:00Z"));
        spending.march = new BigDecimal("1000");
        spending.usd = new BigDecimal("80");
        look(watch(Optional.empty()));
        assertEquals(3, alerts());
        assertEquals(List.of(80), firedPercents());
    }

    @Test
    void aMessageIsSignedAndSentUntilItIsTaken() throws Exception {
        spending.usd = new BigDecimal("80");
        told.refuse = 2;
        try (var watch = watch(hook(10))) {
            watch.look();
            assertEquals(1, told.requests.size());
            watch.look();
            assertEquals(1, told.requests.size(), "not before its pause is over");
            clock.advance(Duration.ofMinutes(1));
            watch.look();
        }
        assertEquals(2, told.requests.size());
        clock.advance(Duration.ofMinutes(2));
        look(watch(hook(10))); // another processor, or this one after a restart
        clock.advance(Duration.ofDays(1));
        look(watch(hook(10)));

        assertEquals(3, told.requests.size());
        assertEquals(1, told.requests.stream().map(Request::id).distinct().count());
        for (var request : told.requests) {
            assertEquals(request.expectedSignature(), request.signature());
        }
        assertEquals(1, messages("delivered"));
        assertEquals(2, messages("failed"));
        var message = new ObjectMapper().readTree(told.requests.getFirst().body());
        assertEquals("budget.threshold", message.get("type").asText());
        var data = message.get("data");
        assertEquals("search in March", data.get("budget").asText());
        assertEquals("search", data.get("team").asText());
        assertEquals(80, data.get("threshold_percent").asInt());
        assertEquals("2026-03-01T00:00:00Z", data.get("period_start").asText());
        assertEquals("2026-04-01T00:00:00Z", data.get("period_end").asText());
    }

    @Test
    @Timeout(60)
    void anAnswerThatNeverEndsHoldsNothingUp() throws Exception {
        spending.usd = new BigDecimal("100");
        told.isEndless = true;
        look(watch(hook(3)));

        assertEquals(2, told.requests.size());
        assertEquals(2, messages("delivered"));
    }

    @Test
    void aMessageThatNobodyTakesIsGivenUp() throws Exception {
        spending.usd = new BigDecimal("80");
        told.refuse = Integer.MAX_VALUE;
        try (var watch = watch(hook(3))) {
            for (int i = 0; i < 10; i++) {
                watch.look();
                clock.advance(Duration.ofHours(2));
            }
        }

        assertEquals(3, told.requests.size());
        assertEquals(1, messages("given_up"));
    }

    @Test
    void twoProcessorsSendAMessageOnce() throws Exception {
        spending.usd = new BigDecimal("80");
        lookAtOnce(4, hook(10));

        assertEquals(1, told.requests.size());
        assertEquals(1, messages("delivered"));
    }

    @Test
    void aBudgetStandsAtWhatIsSpentAndForetold() {
        spending.usd = new BigDecimal("24");
        for (int hour = 1; hour <= 14 * 24; hour++) {
            spending.hourly.put(NOON.minus(Duration.ofHours(hour)), new BigDecimal("0.5"));
        }

        var state = state(budget("100", 80));

        assertEquals(MARCH, state.periodStart());
        assertEquals(new Spent(new BigDecimal("24"), true), state.spent());
        var hoursToCome = Duration.between(NOON, state.periodEnd()).toHours();
        assertEquals(
                24 + 0.5 * hoursToCome, state.forecastUsd().orElseThrow().doubleValue(), 0.001);
    }

    @Test
    void budgetsThatArePutHoldOnEveryProcessorAndTheSameAreNotKeptTwice() {
        var one = budgets(Optional.empty());
        var other = budgets(Optional.empty());
        one.put(List.of(budget("200", 50)), "bob");
        var again = other.put(List.of(budget("200", 50)), "cem");

        assertEquals(Optional.of("bob"), again.by());
        assertEquals(List.of(budget("200", 50)), other.held().budgets());
        assertEquals(2, store.collection(StoreLayout.BUDGETS).countDocuments());
        assertTrue(other.put(List.of(), "cem").budgets().isEmpty());
        assertFalse(one.held().createdAt().isEmpty());
    }

    private void lookAtOnce(int watches) throws Exception {
        lookAtOnce(watches, Optional.empty());
    }

    private void lookAtOnce(int watches, Optional<Hook> hook) throws Exception {
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var looks = new ArrayList<Future<?>>();
            for (int i = 0; i < watches; i++) {
                var watch = watch(hook);
                looks.add(
                        threads.submit(
                                () -> {
                                    begin.await();
                                    look(watch);
                                    return null;
                                }));
            }
            begin.countDown();
            for (var look : looks) {
                look.get();
            }
        }
    }

    private static void look(BudgetWatch watch) throws InterruptedException {
        try (watch) {
            watch.look();
        }
    }

    private BudgetWatch watch(Optional<Hook> hook) {
        return new BudgetWatch(budgets(hook), spending, store, LIMIT, metrics, clock);
    }

    private MongoBudgets budgets(Optional<Hook> hook) {
        var config = new BudgetConfig(Duration.ZERO, 10, 1 << 16, hook);
        return new MongoBudgets(config, spending, store, LIMIT, clock);
    }

    private Optional<Hook> hook(int attempts) {
        return Optional.of(new Hook(new Secret(told.url()), new Secret(SECRET), attempts, LIMIT));
    }

    private static Budget budget(String usd, Integer... thresholds) {
        return budget("search in March", usd, thresholds);
    }

    private static Budget budget(String name, String usd, Integer... thresholds) {
        return new Budget(
                name,
                new SpendScope(
                        Optional.of("search"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Period.MONTH,
                new BigDecimal(usd),
                List.of(thresholds));
    }

    private long alerts() {
        return (long) registry.get("processor.budget.alerts").counter().count();
    }

    private long messages(String outcome) {
        return (long)
                registry.get("processor.budget.messages").tag("outcome", outcome).counter().count();
    }

    private List<Integer> firedPercents() {
        return firedPercents("100");
    }

    private List<Integer> firedPercents(String usd) {
        return state(budget(usd, 80)).fired().stream().map(FiredAlert::percent).toList();
    }

    private Budgets.State state(Budget budget) {
        return budgets(Optional.empty()).states(List.of(budget)).getFirst();
    }

    /** What the test says was spent. */
    private static final class FakeSpending implements Spending {

        volatile BigDecimal usd = BigDecimal.ZERO;
        volatile BigDecimal march = BigDecimal.ZERO;
        final AtomicInteger readings = new AtomicInteger();
        final SortedMap<Instant, BigDecimal> hourly = new TreeMap<>();

        @Override
        public List<Spent> totals(List<SpendScope> scopes, Instant from, Instant to) {
            readings.incrementAndGet();
            boolean isPast = to.equals(Instant.parse("2026-04-01T00:00:00Z"));
            var spent = new Spent(isPast ? march : usd, true);
            return scopes.stream()
                    .map(
                            scope -> {
                                assertEquals(Optional.of("search"), scope.team());
                                return spent;
                            })
                    .toList();
        }

        @Override
        public List<SortedMap<Instant, BigDecimal>> hourly(
                List<SpendScope> scopes, Instant from, Instant to) {
            readings.incrementAndGet();
            return Collections.nCopies(scopes.size(), hourly);
        }
    }

    private record Request(String id, String seconds, String signature, String body) {

        String expectedSignature() throws Exception {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            var signed = mac.doFinal((id + "." + seconds + "." + body).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(signed);
        }
    }

    /** Who is told: a server on loopback that refuses the first requests. */
    private static final class Told implements AutoCloseable {

        final List<Request> requests = new ArrayList<>();
        volatile int refuse;
        volatile boolean isEndless;
        private final HttpServer server;

        Told() {
            try {
                server =
                        HttpServer.create(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            server.createContext("/", this::take);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:%d/alerts?key=1".formatted(server.getAddress().getPort());
        }

        private synchronized void take(HttpExchange exchange) throws IOException {
            var headers = exchange.getRequestHeaders();
            requests.add(
                    new Request(
                            headers.getFirst("webhook-id"),
                            headers.getFirst("webhook-timestamp"),
                            headers.getFirst("webhook-signature"),
                            new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            if (isEndless) {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write('a');
                exchange.getResponseBody().flush();
            } else {
                exchange.sendResponseHeaders(requests.size() <= refuse ? 503 : 204, -1);
                exchange.close();
            }
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
