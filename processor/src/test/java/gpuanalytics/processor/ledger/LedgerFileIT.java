package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ledgers of any size, written and read in pieces that the store takes. */
class LedgerFileIT {

    private static final Instant HOUR = LedgerFixture.hoursAgo(5);

    /** As long as a label may get, nearly: so that few entries are many bytes. */
    private static final String LONG = "x".repeat(1000);

    private final LedgerFixture fixture = new LedgerFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void aLedgerLargerThanTheLargestMessageIsReadWhole() {
        int count = 12_000; // of five labels of a thousand characters: 60 MB, and messages have 48
        var entries = new Entries();
        for (int i = 0; i < count; i++) {
            var who = new Group(LONG, LONG, LONG + i, LONG, LONG);
            var nobody = EntryKey.Gpu.NONE;
            entries.of(new EntryKey(EntryKey.Kind.API, nobody, HOUR, null, who))
                    .add(Amount.REQUESTS, i);
        }
        var file = fixture.parts().hours();
        var head = new Head(HOUR, 1, 1, List.of(), "run", null);
        assertTrue(file.replace(head, Map.of(Scope.ALL, entries), Instant.now()));

        var read = new TreeMap<String, Long>();
        SortedMap<Instant, Head> heads = new TreeMap<>(Map.of(HOUR, head));
        file.forEachEntry(
                heads,
                Scope.ALL,
                null,
                (_, key, amounts) -> read.put(key.group().user(), amounts.get(Amount.REQUESTS)));

        assertEquals(count, read.size());
        assertEquals(count * (count - 1L) / 2, read.values().stream().mapToLong(one -> one).sum());
    }

    @Test
    void hoursAtBothEndsOfAMonthAreReadWithoutThoseBetween() {
        var first = List.of(HOUR, HOUR.plus(Duration.ofHours(1)), HOUR.plus(Duration.ofHours(3)));
        var last = List.of(HOUR.plus(Duration.ofDays(30)));
        var all = Stream.concat(first.stream(), last.stream()).toList();

        assertEquals(List.of(first, last), LedgerFile.stretches(all));
        assertEquals(List.of(), LedgerFile.stretches(new ArrayList<>()));
    }
}
