package gpuanalytics.placement.cluster;

import java.util.Arrays;

/** A node and what is free on it. Not for several threads. */
public final class Node {

    /** A whole GPU. */
    public static final int GPU_MILLI = 1000;

    private final int number;
    private final int model;
    private final int cpuMilli;
    private final int memoryMib;
    private final int[] gpuFreeMilli;

    /** How many pods are here by the number of their GPUs; those that share one stand at 0. */
    private final int[] podsByGpus;

    private int cpuFreeMilli;
    private int memoryFreeMib;
    private int gpuFreeMilliInAll;
    private int version;

    Node(int number, int model, int cpuMilli, int memoryMib, int gpus) {
        this.number = number;
        this.model = model;
        this.cpuMilli = cpuMilli;
        this.memoryMib = memoryMib;
        this.gpuFreeMilli = new int[gpus];
        this.podsByGpus = new int[gpus + 1];
        Arrays.fill(gpuFreeMilli, GPU_MILLI);
        cpuFreeMilli = cpuMilli;
        memoryFreeMib = memoryMib;
        gpuFreeMilliInAll = gpus * GPU_MILLI;
    }

    /** Its place in the cluster's order. */
    public int number() {
        return number;
    }

    public int model() {
        return model;
    }

    public int gpus() {
        return gpuFreeMilli.length;
    }

    public int cpuMilli() {
        return cpuMilli;
    }

    public int memoryMib() {
        return memoryMib;
    }

    public int cpuFreeMilli() {
        return cpuFreeMilli;
    }

    public int memoryFreeMib() {
        return memoryFreeMib;
    }

    public int gpuFreeMilli(int gpu) {
        return gpuFreeMilli[gpu];
    }

    public int gpuFreeMilliInAll() {
        return gpuFreeMilliInAll;
    }

    /** Grows with every pod: what was computed from the node holds while it stays. */
    public int version() {
        return version;
    }

    /** How many pods with so many GPUs are here; 0 asks for those that share one. */
    public int podsWith(int gpusOrShared) {
        return gpusOrShared < podsByGpus.length ? podsByGpus[gpusOrShared] : 0;
    }

    /** How many different numbers of GPUs the pods here have. */
    public int podKinds() {
        int kinds = 0;
        for (int pods : podsByGpus) {
            kinds += pods > 0 ? 1 : 0;
        }
        return kinds;
    }

    public boolean fits(Shape shape) {
        return shape.cpuMilli() <= cpuFreeMilli
                && shape.memoryMib() <= memoryFreeMib
                && (shape.gpus() == 0 || (shape.takes(model) && hasGpus(shape)));
    }

    private boolean hasGpus(Shape shape) {
        int found = 0;
        for (int free : gpuFreeMilli) {
            found += free >= shape.gpuMilli() ? 1 : 0;
        }
        return found >= shape.gpus();
    }

    /** The GPU with the least room of those that have enough; -1 where none has. */
    public int tightestGpu(int milli) {
        int tightest = -1;
        for (int gpu = 0; gpu < gpuFreeMilli.length; gpu++) {
            int free = gpuFreeMilli[gpu];
            if (free >= milli && (tightest < 0 || free < gpuFreeMilli[tightest])) {
                tightest = gpu;
            }
        }
        return tightest;
    }

    /**
     * The GPUs that a pod gets which shares none: those with the least room that have enough, as a
     * set of bits.
     */
    public long gpusFor(Shape shape) {
        long chosen = 0;
        for (int left = shape.gpus(); left > 0; left--) {
            int best = -1;
            for (int gpu = 0; gpu < gpuFreeMilli.length; gpu++) {
                boolean usable = (chosen >>> gpu & 1) == 0 && gpuFreeMilli[gpu] >= shape.gpuMilli();
                if (usable && (best < 0 || gpuFreeMilli[gpu] < gpuFreeMilli[best])) {
                    best = gpu;
                }
            }
            if (best < 0) {
                throw new IllegalStateException(
                        "node %d has too little for %s".formatted(number, shape));
            }
            chosen |= 1L << best;
        }
        return chosen;
    }

    /** Copies what is free of each GPU; returns how many there are. */
    public int copyGpuFree(int[] target) {
        System.arraycopy(gpuFreeMilli, 0, target, 0, gpuFreeMilli.length);
        return gpuFreeMilli.length;
    }

    /**
     * Takes a pod in.
     *
     * @param gpu the GPU that it shares; whatever it says, other pods get the tightest
     */
    void place(Shape shape, int gpu) {
        cpuFreeMilli -= shape.cpuMilli();
        memoryFreeMib -= shape.memoryMib();
        if (shape.isShared()) {
            take(gpu, shape.gpuMilli());
            podsByGpus[0]++;
        } else if (shape.gpus() > 0) {
            long gpus = gpusFor(shape);
            for (int taken = 0; taken < gpuFreeMilli.length; taken++) {
                if ((gpus >>> taken & 1) == 1) {
                    take(taken, shape.gpuMilli());
                }
            }
            podsByGpus[shape.gpus()]++;
        }
        version++;
    }

    /** Takes every pod off. */
    void clear() {
        Arrays.fill(gpuFreeMilli, GPU_MILLI);
        Arrays.fill(podsByGpus, 0);
        cpuFreeMilli = cpuMilli;
        memoryFreeMib = memoryMib;
        gpuFreeMilliInAll = gpuFreeMilli.length * GPU_MILLI;
        version++;
    }

    /**
     * Counts a pod that is here already, whether or not there is room for it: what is free of a GPU
     * does not fall below 0.
     *
     * @param gpus the GPUs that it has, as a set of bits; 0 where that is not known, and those that
     *     suit it best count
     */
    void occupy(Shape shape, long gpus) {
        cpuFreeMilli -= shape.cpuMilli();
        memoryFreeMib -= shape.memoryMib();
        if (shape.gpus() > 0) {
            long taken = gpus == 0 ? likelyGpus(shape) : gpus;
            for (int gpu = 0; gpu < gpuFreeMilli.length; gpu++) {
                if ((taken >>> gpu & 1) == 1) {
                    take(gpu, Math.min(shape.gpuMilli(), gpuFreeMilli[gpu]));
                }
            }
            podsByGpus[shape.isShared() ? 0 : Math.min(shape.gpus(), gpus())]++;
        }
        version++;
    }

    /**
     * Those with the least room that have enough, and where they do not suffice those with most.
     */
    private long likelyGpus(Shape shape) {
        long chosen = 0;
        for (int left = Math.min(shape.gpus(), gpus()); left > 0; left--) {
            int best = -1;
            for (int gpu = 0; gpu < gpuFreeMilli.length; gpu++) {
                boolean isBetter =
                        (chosen >>> gpu & 1) == 0
                                && (best < 0 || suits(gpu, best, shape.gpuMilli()));
                best = isBetter ? gpu : best;
            }
            chosen |= 1L << best;
        }
        return chosen;
    }

    private boolean suits(int gpu, int best, int milli) {
        int free = gpuFreeMilli[gpu];
        int bestFree = gpuFreeMilli[best];
        return free >= milli ? bestFree < milli || free < bestFree : free > bestFree;
    }

    private void take(int gpu, int milli) {
        if (gpuFreeMilli[gpu] < milli) {
            throw new IllegalStateException(
                    "GPU %d of node %d has %d milli free, expected %d"
                            .formatted(gpu, number, gpuFreeMilli[gpu], milli));
        }
        gpuFreeMilli[gpu] -= milli;
        gpuFreeMilliInAll -= milli;
    }
}
