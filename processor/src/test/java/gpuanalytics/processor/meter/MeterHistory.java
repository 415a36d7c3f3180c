package gpuanalytics.processor.meter;

import static gpuanalytics.event.GpuMetric.ENERGY_J_TOTAL;
import static gpuanalytics.event.GpuMetric.POWER_W;
import static gpuanalytics.event.GpuMetric.XID;
import static gpuanalytics.event.GpuMetric.XID_ERRORS_TOTAL;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The records of some GPUs in one partition: samples that lack now this reading and now that, power
 * in between, words about one moment, late ones, repeats and contradictions. The last GPU promises
 * that its records are one by an id of their own.
 */
final class MeterHistory {

    private static final int GPUS = 5;
    private static final int PROMISING = 4;
    private static final long SECOND = 1_000_000_000;

    private final Random random;
    private final MeterModel model = new MeterModel();
    private final List<Event> log = new ArrayList<>();
    private final Set<Long> refused = new HashSet<>();
    private final List<SpokenSample> counted = new ArrayList<>();
    private final Map<Integer, Device> devices = new HashMap<>();

    /** A GPU as it is. */
    private static final class Device {
        private long at;
        private double energyJ = 500;
        private long code;
        private long errors;
        private final Set<Field<?>> said = new HashSet<>();
    }

    MeterHistory(Random random) {
        this.random = random;
    }

    /** Goes on by at least so many records. */
    void extend(int records) {
        int end = log.size() + records;
        while (log.size() < end) {
            next();
        }
    }

    /** The records by their offsets. */
    List<Event> log() {
        return log;
    }

    /** The offsets of those that contradict what was said before. */
    Set<Long> refused() {
        return refused;
    }

    /** What the others add up to. */
    Map<String, Long> sums() {
        return model.sums();
    }

    private void next() {
        int gpu = random.nextInt(GPUS);
        var device = devices.computeIfAbsent(gpu, _ -> new Device());
        int kind = device.at == 0 ? 0 : random.nextInt(10);
        if (kind < 5) {
            tick(gpu, device);
        } else if (kind == 5) {
            repeat();
        } else if (kind == 6) {
            contradict();
        } else if (gpu == PROMISING) {
            tick(gpu, device);
        } else if (kind == 7) {
            late(gpu, device);
        } else {
            addWord(gpu, device);
        }
    }

    private void tick(int gpu, Device device) {
        device.at += SECOND * random.nextInt(1, 4);
        var drawn = random.nextInt(1, 700) / 4.0;
        device.energyJ = random.nextInt(15) == 0 ? drawn : device.energyJ + drawn;
        if (random.nextInt(3) == 0) {
            device.code = random.nextInt(3) * 13L;
            device.errors = random.nextInt(15) == 0 ? 1 : device.errors + random.nextInt(3);
        }
        device.said.clear();
        var readings = new LinkedHashMap<Field<?>, Double>();
        if (gpu == 1 && random.nextInt(3) == 0) {
            readings.put(POWER_W, random.nextInt(1, 400) / 4.0);
        }
        if (random.nextInt(3) > 0) {
            readings.put(ENERGY_J_TOTAL, device.energyJ);
        }
        if (gpu == PROMISING || random.nextInt(3) > 0) {
            readings.put(XID, (double) device.code);
        }
        if (gpu == 3 && random.nextBoolean()) {
            readings.put(XID_ERRORS_TOTAL, (double) device.errors);
        }
        device.said.addAll(readings.keySet());
        var event = event(gpu).set(GpuMetric.UTILIZATION, 0.5);
        count(SpokenSample.of(event, gpu, device.at, readings));
    }

    /** A reading that the newest moment lacks. */
    private void addWord(int gpu, Device device) {
        var readings = new LinkedHashMap<Field<?>, Double>();
        if (!device.said.contains(ENERGY_J_TOTAL) && random.nextBoolean()) {
            readings.put(ENERGY_J_TOTAL, device.energyJ);
        }
        if (!device.said.contains(XID) && random.nextBoolean()) {
            readings.put(XID, (double) device.code);
        }
        if (gpu == 3 && !device.said.contains(XID_ERRORS_TOTAL)) {
            readings.put(XID_ERRORS_TOTAL, (double) device.errors);
        }
        if (!readings.isEmpty()) {
            device.said.addAll(readings.keySet());
            count(SpokenSample.of(event(gpu), gpu, device.at, readings));
        }
    }

    /** Between the moments, which may be later than the last reading of some counter. */
    private void late(int gpu, Device device) {
        long at = device.at - SECOND * random.nextInt(3) - SECOND / 2 + log.size();
        var energy = model.energy(gpu);
        var readings = new LinkedHashMap<Field<?>, Double>();
        if (random.nextBoolean() && energy.getKey() > 0) {
            readings.put(ENERGY_J_TOTAL, at > energy.getKey() ? energy.getValue() : 3.0);
        }
        if (random.nextBoolean()) {
            readings.put(XID, random.nextInt(3) * 13.0);
        }
        var event = event(gpu).set(GpuMetric.UTILIZATION, 0.5);
        count(SpokenSample.of(event, gpu, at, readings));
    }

    private void repeat() {
        int from = Math.max(0, log.size() - 30);
        int which = from + random.nextInt(log.size() - from);
        if (refused.contains((long) which)) {
            refused.add((long) log.size());
        }
        log.add(log.get(which));
    }

    /** What would be a great deal of energy and many errors. */
    private void contradict() {
        int from = Math.max(0, counted.size() - 10);
        var said = counted.get(from + random.nextInt(counted.size() - from));
        if (said.event().get(GpuMetric.UTILIZATION) == null) {
            return;
        }
        var readings = new LinkedHashMap<Field<?>, Double>();
        readings.put(ENERGY_J_TOTAL, 123_456.0 + log.size());
        readings.put(XID, 99.0);
        readings.put(XID_ERRORS_TOTAL, 77.0 + log.size());
        // A promise is broken at a later moment too.
        long later = said.gpu() == PROMISING ? SECOND / 4 * random.nextInt(1, 20) : 0;
        var event = said.event().toBuilder().set(GpuMetric.UTILIZATION, 0.75);
        var wrong = SpokenSample.of(event, said.gpu(), said.at() + later, readings);
        refused.add((long) log.size());
        log.add(wrong.event());
    }

    private Event.Builder event(int gpu) {
        return MeteredStore.sample(gpu, 0)
                .set(GpuMetric.EVENT_ID, gpu == PROMISING ? "said-" + log.size() : null);
    }

    private void count(SpokenSample sample) {
        model.add(sample);
        counted.add(sample);
        log.add(sample.event());
    }
}
