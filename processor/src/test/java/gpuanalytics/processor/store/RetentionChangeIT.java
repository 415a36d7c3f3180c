package gpuanalytics.processor.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.processor.faults.FaultyStore;
import gpuanalytics.processor.faults.FaultyStore.Fault;
import gpuanalytics.service.config.Secret;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A processor starts with another retention than the one before it. */
class RetentionChangeIT {

    /** The codes of MongoDB. */
    private static final int UNAUTHORIZED = 13;

    private static final int COMMAND_NOT_FOUND = 59;
    private static final int INDEX_NOT_FOUND = 27;

    private final EmbeddedStore embedded = EmbeddedStore.start();
    private final FaultyStore faults = new FaultyStore(embedded.port());

    @BeforeEach
    void prepareWithTheRetentionBefore() {
        prepare(20);
        assertEquals(Set.of(days(20), days(40), days(60)), expiries());
    }

    @AfterEach
    void close() {
        faults.close();
        embedded.close();
    }

    @Test
    void indexesAreChangedAndNotMadeAgain() {
        var commands = new CopyOnWriteArrayList<String>();
        faults.rule(
                command -> {
                    commands.add(command.name());
                    return null;
                });

        prepare(2);

        assertEquals(Set.of(days(2), days(4), days(6)), expiries());
        assertTrue(commands.contains("collMod"), commands::toString);
        assertFalse(commands.contains("dropIndexes"), commands::toString);
    }

    /** As a user of MongoDB that reads and writes alone, or on a store that has no such command. */
    @ParameterizedTest
    @ValueSource(ints = {UNAUTHORIZED, COMMAND_NOT_FOUND})
    void indexesAreMadeAgainWhereTheyMayNotBeChanged(int code) {
        refuseChanges(code);

        prepare(2);

        assertEquals(Set.of(days(2), days(4), days(6)), expiries());
    }

    @Test
    void anIndexThatAnotherProcessorHasDroppedIsMadeAgain() {
        faults.rule(
                command ->
                        switch (command.name()) {
                            case "collMod" -> new Fault.Refused(UNAUTHORIZED, "not this one");
                            case "dropIndexes" -> {
                                drop(command.collection());
                                yield new Fault.Refused(INDEX_NOT_FOUND, "index not found");
                            }
                            default -> null;
                        });

        prepare(2);

        assertEquals(Set.of(days(2), days(4), days(6)), expiries());
    }

    @Test
    void processorsThatStartTogetherDoNotStopEachOther() throws Exception {
        refuseChanges(UNAUTHORIZED);
        Callable<Void> start =
                () -> {
                    prepare(2);
                    return null;
                };
        try (var threads = Executors.newFixedThreadPool(3)) {
            for (var started : threads.invokeAll(Stream.generate(() -> start).limit(3).toList())) {
                started.get();
            }
        }

        assertEquals(Set.of(days(2), days(4), days(6)), expiries());
    }

    /** Raw events are kept so long, minutes twice and hours three times as long. */
    private void prepare(int days) {
        var config =
                new StoreConfig(
                        new Secret(faults.url()),
                        "test",
                        Duration.ofDays(days),
                        Duration.ofDays(2L * days),
                        Duration.ofDays(3L * days),
                        Duration.ofSeconds(20));
        try (var store = new MongoStore(config)) {
            store.prepare();
        }
    }

    private void refuseChanges(int code) {
        faults.rule(
                command ->
                        command.name().equals("collMod")
                                ? new Fault.Refused(code, "not this one")
                                : null);
    }

    private void drop(String collection) {
        try (var store = new MongoStore(TestStoreConfig.at(embedded.url()))) {
            store.database()
                    .getCollection(collection)
                    .dropIndex(new Document(StoreLayout.STORED_AT, 1));
        }
    }

    /** How many seconds the indexes of all collections keep documents for. */
    private Set<Long> expiries() {
        var expiries = new HashSet<Long>();
        try (var store = new MongoStore(TestStoreConfig.at(embedded.url()))) {
            for (var collection : store.database().listCollectionNames()) {
                for (var index : store.database().getCollection(collection).listIndexes()) {
                    var seconds = index.get("expireAfterSeconds", Number.class);
                    if (seconds != null) {
                        expiries.add(seconds.longValue());
                    }
                }
            }
        }
        return expiries;
    }

    private static long days(int days) {
        return Duration.ofDays(days).toSeconds();
    }
}
