package gpuanalytics.bench.store;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a store acknowledges; for any number of threads. */
final class StoreCounter {

    private static final class Kind {
        private final AtomicLong commands = new AtomicLong();
        private final AtomicLong documents = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();

        StoreCounts.Writes writes() {
            return new StoreCounts.Writes(commands.get(), documents.get(), bytes.get());
        }
    }

    private final Map<String, Kind> kinds = new ConcurrentHashMap<>();
    private final ConcurrentSkipListSet<String> unknown = new ConcurrentSkipListSet<>();
    private final AtomicLong firstRaw = new AtomicLong();
    private final AtomicLong lastRaw = new AtomicLong();
    private final AtomicLong lastWrite = new AtomicLong();
    private final AtomicLong raw = new AtomicLong();
    private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();

    /** A raw write has come in. */
    void rawArrives(long nanos) {
        firstRaw.compareAndSet(0, nanos);
    }

    /** A write is about to be acknowledged. */
    void acknowledges(String kind, boolean isRaw, int documents, int bytes, long nanos) {
        var counts = kinds.computeIfAbsent(kind, _ -> new Kind());
        counts.commands.incrementAndGet();
        counts.documents.addAndGet(documents);
        counts.bytes.addAndGet(bytes);
        lastWrite.accumulateAndGet(nanos, Math::max);
        if (isRaw) {
            lastRaw.accumulateAndGet(nanos, Math::max);
            raw.addAndGet(documents);
        }
    }

    void isUnknown(String command) {
        unknown.add(command);
    }

    /** An event of a write has waited this long. */
    void took(long micros) {
        latencies.add(micros);
    }

    /** Forgets everything. */
    void reset() {
        kinds.clear();
        unknown.clear();
        latencies.clear();
        firstRaw.set(0);
        lastRaw.set(0);
        lastWrite.set(0);
        raw.set(0);
    }

    StoreCounts counts(boolean withLatencies) {
        var writes = new TreeMap<String, StoreCounts.Writes>();
        kinds.forEach((name, kind) -> writes.put(name, kind.writes()));
        return new StoreCounts(
                firstRaw.get(),
                lastRaw.get(),
                lastWrite.get(),
                raw.get(),
                writes,
                List.copyOf(unknown),
                withLatencies ? latencies.stream().sorted().toList() : List.of());
    }
}
