package gpuanalytics.placement.extender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many schedulers at once, an API that refuses some and answers others too late, a watch that lags:
 * no part of a GPU is ever given twice.
 */
@Timeout(300)
class NoSlotTwiceTest {

    private static final int THREADS = 8;
    private static final int PODS_PER_THREAD = 150;
    private static final int NODES = 12;

    /** What the API has bound, judged at once. */
    private static final class Ledger implements Binder {
        private final SplittableRandom random;
        private final Map<String, Integer> milli = new HashMap<>();
        private final Map<String, PodState> pods;
        private final Map<String, String> places = new HashMap<>();
        private final List<String> doubled = new ArrayList<>();
        private final ConcurrentLinkedQueue<PodState> unseen = new ConcurrentLinkedQueue<>();

        Ledger(long seed, Map<String, PodState> pods) {
            this.random = new SplittableRandom(seed);
            this.pods = pods;
        }

        @Override
        public synchronized String bind(
                String namespace, String name, String uid, String node, long gpus)
                throws IOException {
            int luck = random.nextInt(10);
            if (luck == 0) {
                return "the API answers 409: not this time";
            }
            book(uid, node, gpus);
            if (luck == 1) {
                throw new IOException("done, and nobody hears of it");
            }
            return "";
        }

        private void book(String uid, String node, long gpus) {
            var pod = pods.get(uid);
            if (pod == null || places.containsKey(uid)) {
                doubled.add(uid + " is bound twice");
                return;
            }
            places.put(uid, node);
            assertEquals(pod.request().gpus(), Long.bitCount(gpus));
            for (int gpu = 0; gpu < 64; gpu++) {
                if ((gpus >>> gpu & 1) == 1) {
                    int now = milli.merge(node + "#" + gpu, pod.request().gpuMilli(), Integer::sum);
                    if (now > 1000) {
                        doubled.add("%s#%d has %d".formatted(node, gpu, now));
                    }
                }
            }
            unseen.add(Given.on(pod, node, gpus));
        }

        synchronized void free(PodState seen) {
            for (int gpu = 0; gpu < 64; gpu++) {
                if ((seen.gpus() >>> gpu & 1) == 1) {
                    milli.merge(seen.node() + "#" + gpu, -seen.request().gpuMilli(), Integer::sum);
                }
            }
        }

        synchronized List<String> doubled() {
            return List.copyOf(doubled);
        }

        synchronized int bound() {
            return places.size();
        }
    }

    @Test
    void concurrentBindsNeverGiveAPartOfAGpuTwice() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new SplittableRandom(seed);
        var pods = new HashMap<String, PodState>();
        var perThread = new ArrayList<List<PodState>>();
        for (int thread = 0; thread < THREADS; thread++) {
            var own = new ArrayList<PodState>();
            for (int number = 0; number < PODS_PER_THREAD; number++) {
                int milli = random.nextInt(5) == 0 ? 1000 : 50 * (1 + random.nextInt(19));
                var pod = Given.pod("p-%d-%d".formatted(thread, number), milli);
                own.add(pod);
                pods.put(pod.uid(), pod);
            }
            perThread.add(own);
        }
        var ledger = new Ledger(random.nextLong(), pods);
        var nodes = new NodeState[NODES];
        var names = new ArrayList<String>();
        for (int number = 0; number < NODES; number++) {
            nodes[number] = Given.node("n" + number, 1 + number % 4);
            names.add("n" + number);
        }
        var given = new Given(ledger, nodes);

        schedule(perThread, given, names, ledger, random.nextLong());

        assertEquals(List.of(), ledger.doubled(), () -> "seed " + seed);
        assertTrue(ledger.bound() > NODES, () -> "only %d bound".formatted(ledger.bound()));
    }

    private static void schedule(
            List<List<PodState>> perThread,
            Given given,
            List<String> names,
            Ledger ledger,
            long seed)
            throws Exception {
        var seeds = new AtomicLong(seed);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<Future<?>>();
            for (var own : perThread) {
                running.add(
                        threads.submit(
                                () -> {
                                    var random = new SplittableRandom(seeds.incrementAndGet());
                                    for (var pod : own) {
                                        given.scheduled(pod, names);
                                        watch(given, ledger, random);
                                    }
                                    return null;
                                }));
            }
            for (var each : running) {
                each.get();
            }
        }
    }

    /** Sometimes the watch shows what was bound a while ago, and sometimes that pod ends. */
    private static void watch(Given given, Ledger ledger, SplittableRandom random) {
        if (random.nextInt(3) != 0) {
            return;
        }
        var seen = ledger.unseen.poll();
        if (seen != null) {
            given.extender.podListener().changed(seen);
            if (random.nextInt(3) == 0) {
                // gone from the cluster before the extender hears of it
                ledger.free(seen);
                given.extender.podListener().removed(seen);
            }
        }
    }
}
