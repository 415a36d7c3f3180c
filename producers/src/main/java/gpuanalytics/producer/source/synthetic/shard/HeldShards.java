package gpuanalytics.producer.source.synthetic.shard;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * The shards that this replica holds, each with its rate, and whether whoever runs them has seen
 * the last change. Safe for threads.
 */
final class HeldShards {

    private final double configuredRate;
    private final Runnable onChange;
    private final Map<Integer, Double> rates = new HashMap<>();
    private int shards;
    private ShardShare share = ShardShare.NONE;
    private long version;
    private long versionRead;
    private boolean closed;

    /**
     * @param configuredRate the rate of a shard until it says another, in events per second
     * @param onChange told after each change, on the thread that made it
     */
    HeldShards(double configuredRate, Runnable onChange) {
        this.configuredRate = configuredRate;
        this.onChange = onChange;
    }

    /** The shards to run. Who takes them has handed over every event of those held before. */
    synchronized ShardShare take() {
        versionRead = version;
        notifyAll();
        return share;
    }

    /** The shards held, for those who only look. */
    synchronized ShardShare share() {
        return share;
    }

    /** The deployment's rate as far as it is known here, in events per second. */
    synchronized double rate() {
        return rates.values().stream().findAny().orElse(configuredRate);
    }

    void assigned(Collection<Integer> numbers) {
        changed(
                () -> {
                    for (int number : numbers) {
                        rates.put(number, configuredRate);
                        shards = Math.max(shards, number + 1);
                    }
                    return true;
                });
    }

    void dropped(Collection<Integer> numbers) {
        changed(() -> rates.keySet().removeAll(numbers));
    }

    void allDropped() {
        dropped(List.copyOf(share().rates().keySet()));
    }

    /** The number of shards that there are, where it is known. */
    void divided(int number) {
        changed(
                () -> {
                    boolean another = number > 0 && number != shards;
                    shards = another ? number : shards;
                    return another;
                });
    }

    /** Another rate of a shard, if it is held. */
    void rate(int number, double eventsPerSecond) {
        changed(() -> rates.replace(number, eventsPerSecond) != null);
    }

    private void changed(BooleanSupplier change) {
        synchronized (this) {
            if (!change.getAsBoolean()) {
                return;
            }
            share = new ShardShare(shards, rates);
            version++;
            notifyAll();
        }
        onChange.run();
    }

    /**
     * Waits until whoever runs the shards has seen the last change, or has never asked: the next
     * owner of a shard starts when this one has stopped.
     *
     * @return whether that was within the limit
     */
    boolean awaitTaken(Duration limit) throws InterruptedException {
        return await(limit, () -> versionRead == 0 || versionRead == version);
    }

    /** Waits until every shard held has this rate. */
    boolean awaitRate(double eventsPerSecond, Duration limit) throws InterruptedException {
        return await(
                limit, () -> rates.values().stream().allMatch(rate -> rate == eventsPerSecond));
    }

    /** Waits for this long, or until closed. */
    void pause(Duration length) throws InterruptedException {
        var _ = await(length, () -> false);
    }

    private synchronized boolean await(Duration limit, BooleanSupplier condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!closed && !condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }

    /** Ends all waiting, now and later. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
