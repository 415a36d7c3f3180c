package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Another;
import gpuanalytics.processor.decode.Role.Outranked;
import gpuanalytics.processor.decode.Role.Replacing;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Command;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LaterWordsIT {

    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    private final StoreWithFaults parts = new StoreWithFaults();
    private final FaultyStore faults = parts.faults;
    private final MongoStore store = parts.store;
    private final TestRows records = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 3);

    @AfterEach
    void close() {
        parts.close();
    }

    @Test
    void eachWordOfABatchIsJudgedByThoseBeforeIt() throws Exception {
        var outcomes =
                write(
                        usage("ada", 0, 0),
                        usage("ada", 1, 5),
                        usage("ada", 2, 0),
                        usage("bob", 3, 7));

        assertInstanceOf(Role.Whole.class, role(outcomes.get(0)));
        assertInstanceOf(Replacing.class, role(outcomes.get(1)));
        assertInstanceOf(Outranked.class, role(outcomes.get(2)));
        assertInstanceOf(Another.class, role(outcomes.get(3)));
    }

    @Test
    void wordsAreAskedForOnceAndInsertedTogether() throws Exception {
        write(usage("ada", 0, 0));
        var before = faults.writes().size();

        write(usage("ada", 1, 5), usage("ada", 2, 6), usage("bob", 3, 7));

        assertEquals(
                List.of(3, 3),
                faults.writes().stream().skip(before).map(Command::documents).toList());
    }

    /** Most repeats are of an identity with one word, which two ids tell. */
    @Test
    void aRepeatAsksForNoMoreWordsThanThereMayBe() throws Exception {
        write(usage("ada", 0, 1));
        write(usage("ada", 0, 1));
        assertEquals(List.of("r:short", "w:1:r:short"), lastQuestion());

        write(usage("ada", 1, 5));
        write(usage("ada", 1, 5));
        assertEquals("w:2:r:short", lastQuestion().getFirst());
        assertEquals(7, lastQuestion().size());
    }

    private List<String> lastQuestion() {
        return faults.questions(StoreLayout.TOKEN_USAGE).getLast().identities();
    }

    @Test
    void aRecordThatIsReadAgainIsTheWordThatItWas() throws Exception {
        var rows = rows(usage("ada", 0, 0), usage("ada", 1, 5), usage("ada", 2, 9));
        var before = writer(64).write(rows);

        var again = writer(64).write(rows);

        for (int i = 0; i < rows.size(); i++) {
            var redelivered = assertInstanceOf(Redelivered.class, again.get(i));
            assertEquals(role(before.get(i)).getClass(), redelivered.counted().role().getClass());
        }
        assertEquals(3, stored());
    }

    /** Whatever is compared, a redelivery is never taken for another word. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 64})
    void aRecordOfALargeFamilyIsKnownAgain(int compared) throws Exception {
        var usages = new ArrayList<Event>();
        for (int i = 0; i < 150; i++) {
            usages.add(usage("user-" + i, i, 5));
        }
        var rows = rows(usages.toArray(Event[]::new));
        writer(compared).write(rows);

        var again = writer(compared).write(rows);

        assertTrue(again.stream().allMatch(Redelivered.class::isInstance), again.toString());
        assertEquals(150, stored());
        var repeat = records.next(usage("user-149", 149, 5));
        assertEquals(List.of(new Repeated()), writer(compared).write(List.of(repeat)));
    }

    /** The first words of a family are always read; each may be taken back once, not again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 15, 64})
    void aWordIsReplacedAtMostOnceHoweverLargeTheFamily(int compared) throws Exception {
        var replaced = new ArrayList<String>();
        for (int i = 0; i < 120; i++) {
            var outcome =
                    writer(compared).write(rows(usage("user-" + i % 20, i, 5 + i))).getFirst();
            if (role(outcome) instanceof Replacing(var word, _)) {
                replaced.add(word.values().labels() + " " + word.values().epochSecond());
            }
        }
        assertEquals(Set.copyOf(replaced).size(), replaced.size(), replaced.toString());
    }

    @Test
    void theStandingWordIsFoundBehindManyThatDoNotStand() throws Exception {
        var usages = new ArrayList<Event>();
        usages.add(usage("ada", 0, 5));
        for (int i = 1; i < 40; i++) {
            usages.add(usage("ada", i, 0));
        }
        writer(4).write(rows(usages.toArray(Event[]::new)));

        var outcome = writer(4).write(rows(usage("ada", 41, 9))).getFirst();

        var replacing = assertInstanceOf(Replacing.class, role(outcome));
        assertEquals(5, replacing.replaced().values().number(TokenUsage.PROMPT_TOKENS));
    }

    @Test
    void aWordWhoseAnswerIsLostIsStoredOnce() throws Exception {
        write(usage("ada", 0, 0));
        faults.once(LaterWordsIT::insertsALaterWord, new Fault.AnswerLost());

        var outcome = write(usage("ada", 1, 5)).getFirst();

        assertInstanceOf(Stored.class, outcome);
        assertInstanceOf(Replacing.class, role(outcome));
        assertEquals(2, stored());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 91, 189, 11602})
    void aWordThatTheStoreRefusesForNowIsTriedAgain(int code) throws Exception {
        write(usage("ada", 0, 0));
        faults.once(LaterWordsIT::insertsALaterWord, new Fault.Partial(code, Set.of(2)));

        var outcomes = write(usage("ada", 1, 5), usage("ada", 2, 6), usage("ada", 3, 7));

        assertTrue(outcomes.stream().allMatch(each -> role(each) instanceof Replacing));
        assertEquals(4, stored());
    }

    @Test
    void whatIsStoredFromBeforeIsAFirstWord() throws Exception {
        // As it was stored before anything was said about words.
        var row = records.at(1, usage("ada", 0, 0));
        store.collection(StoreLayout.TOKEN_USAGE).insertOne(row.document());

        var outcome = writer(64).write(List.of(records.at(2, usage("ada", 1, 5)))).getFirst();

        assertInstanceOf(Replacing.class, role(outcome));
        assertInstanceOf(
                Redelivered.class,
                writer(64).write(List.of(records.at(1, usage("ada", 0, 0)))).getFirst());
    }

    @Test
    void whatIsReplacedKeepsTheSeriesThatItCountedUnder() throws Exception {
        var first = records.next(usage("ada", 0, 1)).counting(Overflow.OTHER);
        writer(64).write(List.of(first));

        var outcome = write(usage("ada", 1, 5)).getFirst();

        var replacing = assertInstanceOf(Replacing.class, role(outcome));
        assertEquals(Overflow.OTHER, replacing.replaced().overflow());
    }

    /** In one order or the other: the same word stands. */
    @Test
    void wordsOfOneMomentHaveAnOrder() throws Exception {
        var one = records.at(10, usage("ada", 0, 5));
        var two = records.at(11, usage("ada", 0, 6));
        writer(64).write(List.of(one));
        assertInstanceOf(Replacing.class, role(writer(64).write(List.of(two)).getFirst()));

        store.database().getCollection(StoreLayout.TOKEN_USAGE).deleteMany(new Document());
        writer(64).write(List.of(two));
        assertInstanceOf(Outranked.class, role(writer(64).write(List.of(one)).getFirst()));
    }

    @Test
    void aConflictNamesBothRecords() throws Exception {
        var promised = usage("ada", 0, 5).toBuilder().set(TokenUsage.EVENT_ID, "e");
        writer(64).write(List.of(records.at(20, promised.build())));

        var other = promised.set(TokenUsage.PROMPT_TOKENS, 6L).build();
        var outcome = writer(64).write(List.of(records.at(21, other))).getFirst();

        var rejected = assertInstanceOf(Rejected.class, outcome);
        assertEquals(RejectReason.CONFLICT, rejected.reason());
        assertTrue(
                rejected.detail().contains("topic-a/3/20")
                        && rejected.detail().contains("topic-a/3/21"),
                rejected.detail());
    }

    private static boolean insertsALaterWord(Command command) {
        return command.name().equals("insert")
                && command.identities().stream().anyMatch(id -> id.startsWith("w:"));
    }

    private MongoEventWriter writer(int compared) {
        return parts.writer(new IdentityRules(Duration.ofHours(1), compared, 64));
    }

    private List<Outcome> write(Event... usages) throws InterruptedException {
        return writer(64).write(rows(usages));
    }

    private List<Row> rows(Event... usages) {
        var rows = new ArrayList<Row>();
        for (var usage : usages) {
            rows.add(records.next(usage));
        }
        return rows;
    }

    private static Role role(Outcome outcome) {
        return assertInstanceOf(Stored.class, outcome).counted().role();
    }

    private static Event usage(String user, int seconds, long tokens) {
        return TokenUsage.builder()
                .set(TokenUsage.TS, NOON.plusSeconds(seconds))
                .set(TokenUsage.REQUEST_ID, "short")
                .set(TokenUsage.USER, user)
                .set(TokenUsage.MODEL, "llama")
                .set(TokenUsage.PROMPT_TOKENS, tokens)
                .build();
    }

    private long stored() {
        return store.database().getCollection(StoreLayout.TOKEN_USAGE).countDocuments();
    }
}
