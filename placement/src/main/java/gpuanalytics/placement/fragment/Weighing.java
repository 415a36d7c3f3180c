package gpuanalytics.placement.fragment;

/**
 * How much of a node's free GPUs typical requests cannot use, in GPU milli times requests: whole
 * numbers, so that sums kept up to date stay exact. For a request without a GPU, and where the node
 * cannot host it, that is all of them; else what lies on GPUs with too little for it.
 */
final class Weighing {

    private final int[] cpuMilli;
    private final int[] gpus;
    private final int[] gpuMilli;
    private final long[] models;
    private final long[] counts;

    /** The requests without a GPU: for them, whatever is free is of no use. */
    private final long withoutGpu;

    Weighing(TypicalPods typical) {
        int size = 0;
        long countWithoutGpu = 0;
        cpuMilli = new int[typical.size()];
        gpus = new int[typical.size()];
        gpuMilli = new int[typical.size()];
        models = new long[typical.size()];
        counts = new long[typical.size()];
        for (int number = 0; number < typical.size(); number++) {
            var shape = typical.shape(number);
            if (shape.gpus() == 0) {
                countWithoutGpu += typical.count(number);
                continue;
            }
            cpuMilli[size] = shape.cpuMilli();
            gpus[size] = shape.gpus();
            gpuMilli[size] = shape.gpuMilli();
            models[size] = shape.models();
            counts[size++] = typical.count(number);
        }
        withoutGpu = countWithoutGpu;
    }

    /**
     * Weighs a node.
     *
     * @param free what is free of each of its GPUs
     * @param size how many GPUs it has
     */
    long weigh(int model, int cpuFreeMilli, int[] free, int size) {
        long all = 0;
        for (int gpu = 0; gpu < size; gpu++) {
            all += free[gpu];
        }
        if (all == 0) {
            return 0;
        }
        long weight = withoutGpu * all;
        for (int kind = 0; kind < counts.length && counts[kind] > 0; kind++) {
            boolean hosts = cpuMilli[kind] <= cpuFreeMilli && (models[kind] >>> model & 1) == 1;
            weight += counts[kind] * (hosts ? useless(kind, free, size, all) : all);
        }
        return weight;
    }

    private long useless(int kind, int[] free, int size, long all) {
        int wanted = gpuMilli[kind];
        int enough = 0;
        long tooSmall = 0;
        for (int gpu = 0; gpu < size; gpu++) {
            if (free[gpu] >= wanted) {
                enough++;
            } else {
                tooSmall += free[gpu];
            }
        }
        return enough >= gpus[kind] ? tooSmall : all;
    }
}
