package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.rollup.Effect;
import gpuanalytics.processor.rollup.Effect.Amount;
import gpuanalytics.processor.rollup.Recount.RawRow;
import gpuanalytics.processor.write.Verdict.Next;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which words are about one request, and what counts then, in whatever order they come in. */
class RequestWordsTest {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final int MINUTES_OF_AN_HOUR = 60;

    private final TestRows records = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 3);

    @Test
    void aWordWithoutAUserIsOfTheNearestRequest() {
        var ada = usage("ada", null, 0, 10);
        var bob = usage("bob", null, 40, 20);

        inEachOrder(Map.of("requests", 2L, "tokens", 30L), ada, bob, usage(null, null, 35, 0));
        // in place of bob's, which it follows
        inEachOrder(Map.of("requests", 2L, "tokens", 40L), ada, bob, usage(null, null, 45, 30));
    }

    @Test
    void whatNamesTheUserAloneMeetsWhatNamesTheProviderAlone() {
        inEachOrder(
                Map.of("requests", 1L, "tokens", 20L),
                usage("ada", null, 0, 10),
                usage(null, "openai", 5, 20));
        // and another provider's word is another request
        inEachOrder(
                Map.of("requests", 2L, "tokens", 50L),
                usage("ada", null, 0, 10),
                usage(null, "openai", 5, 20),
                usage(null, "azure", 7, 30));
    }

    @Test
    void aWordBetweenTwoThatLieFurtherApartJoinsThem() {
        inEachOrder(
                Map.of("requests", 2L, "tokens", 30L),
                usage("ada", null, 0, 10),
                usage("ada", null, 100, 20));
        inEachOrder(
                Map.of("requests", 1L, "tokens", 20L),
                usage("ada", null, 0, 10),
                usage("ada", null, 50, 5),
                usage("ada", null, 100, 20));
    }

    /** Nobody's word stood for ada's request; bob's takes it over, and ada's counts again. */
    @Test
    void aWordThatWasReplacedCountsAgainWhereItsReplacementIsAnothers() {
        inEachOrder(
                Map.of("requests", 2L, "tokens", 30L),
                usage("ada", null, 0, 10),
                usage(null, null, 30, 20),
                usage("bob", null, 31, 0));
    }

    @Test
    void noOrderMakesADifference() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 1000; i++) {
            var usages = new ArrayList<Event>();
            int words = random.nextInt(2, 8);
            for (int n = 0; n < words; n++) {
                usages.add(
                        usage(
                                random.nextBoolean() ? null : "user-" + random.nextInt(2),
                                random.nextBoolean() ? null : "provider-" + random.nextInt(2),
                                random.nextInt(4 * MINUTES_OF_AN_HOUR),
                                random.nextInt(3) * 100L));
            }
            var rows = usages.stream().map(records::next).toList();
            var expected = sums(new Family("r:q"), rows);
            for (int order = 0; order < 4; order++) {
                var shuffled = new ArrayList<>(rows);
                Collections.shuffle(shuffled, random);
                assertEquals(expected, sums(new Family("r:q"), shuffled), "seed " + seed);
            }
        }
    }

    /** Whatever is compared: what counts is taken back once, and comes back only after that. */
    @Test
    void noWordCountsTwiceHoweverFewAreCompared() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (int compared = 1; compared < 9; compared++) {
            var rules = new IdentityRules(Duration.ofHours(1), compared, 64);
            for (int i = 0; i < 50; i++) {
                var counts = new HashMap<Long, Integer>(); // by the tokens, which differ
                var family = new Family("r:q");
                for (int n = 0; n < 25; n++) {
                    var user = random.nextBoolean() ? null : "user-" + random.nextInt(3);
                    var usage = usage(user, null, random.nextInt(300), n + 1L);
                    for (var effect : accept(rules, family, records.next(usage))) {
                        var word = tokens(effect.values());
                        int now = counts.merge(word, times(effect.amount()), Integer::sum);
                        assertTrue(now == 0 || now == 1, "seed " + seed);
                    }
                }
            }
        }
    }

    private void inEachOrder(Map<String, Long> expected, Event... usages) {
        var rows = List.of(usages).stream().map(records::next).toList();
        permute(new ArrayList<>(), rows, expected);
    }

    private void permute(List<Row> begun, List<Row> rows, Map<String, Long> expected) {
        if (begun.size() == rows.size()) {
            var sums = new TreeMap<String, Long>();
            sums(new Family("r:q"), begun)
                    .forEach(
                            (path, sum) ->
                                    sums.merge(
                                            path.substring(path.lastIndexOf('|') + 1),
                                            sum,
                                            Long::sum));
            assertEquals(expected, sums, () -> begun.stream().map(Row::document).toList() + "");
        }
        for (var row : rows) {
            if (!begun.contains(row)) {
                var more = new ArrayList<>(begun);
                more.add(row);
                permute(more, rows, expected);
            }
        }
    }

    /** What all words add together, by minute and series, those of 0 left out. */
    private static Map<String, Long> sums(Family family, List<Row> rows) {
        var sums = new TreeMap<String, Long>();
        for (var row : rows) {
            for (var effect : accept(IdentityRules.defaults(), family, row)) {
                add(sums, effect);
            }
        }
        sums.values().removeIf(sum -> sum == 0);
        return sums;
    }

    /** A word comes in; returns what it does, by its document. */
    private static List<Effect> accept(IdentityRules rules, Family family, Row row) {
        RawBsonDocument document;
        if (family.words().isEmpty()) {
            document = row.document();
            family.add(new Word(0, row.record().position(), document));
        } else {
            var verdict = new Judgement(rules).judge(row, family);
            if (verdict instanceof Verdict.Repeat) {
                return List.of();
            }
            var word = assertInstanceOf(Next.class, verdict).word();
            document = word.document();
            family.add(word);
        }
        return RawRow.of(EventTopic.TOKEN_USAGE, document).effects();
    }

    private static void add(Map<String, Long> sums, Effect effect) {
        var values = effect.values();
        var place = values.epochSecond() / 60 + "|" + effect.series() + "|";
        sums.merge(place + "requests", (long) times(effect.amount()), Long::sum);
        sums.merge(place + "tokens", times(effect.amount()) * tokens(values), Long::sum);
    }

    private static long tokens(EventValues values) {
        return (long) values.number(TokenUsage.PROMPT_TOKENS);
    }

    private static int times(Amount amount) {
        return switch (amount) {
            case WHOLE, REINSTATED -> 1;
            case TAKEN_BACK -> -1;
            case ATTEMPT, READINGS -> 0;
        };
    }

    private static Event usage(
            @Nullable String user, @Nullable String provider, int minutes, long tokens) {
        var usage =
                TokenUsage.builder()
                        .set(TokenUsage.TS, NOON.plusSeconds(60L * minutes))
                        .set(TokenUsage.REQUEST_ID, "q")
                        .set(TokenUsage.MODEL, "llama")
                        .set(TokenUsage.PROMPT_TOKENS, tokens);
        if (user != null) {
            usage.set(TokenUsage.USER, user);
        }
        if (provider != null) {
            usage.set(TokenUsage.PROVIDER, provider);
        }
        return usage.build();
    }
}
