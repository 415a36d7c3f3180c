package gpuanalytics.placement.extender;

import gpuanalytics.placement.watch.PodRequest;

/**
 * What a pod has of a node, or was promised of it.
 *
 * @param gpus the GPUs as a set of bits; 0 where that is not known or it has none
 * @param state how sure it is
 * @param atNanos since when it is in this state, by {@link System#nanoTime}
 */
record Holding(String uid, String node, PodRequest request, long gpus, State state, long atNanos) {

    /** How sure it is. */
    enum State {
        /** The scheduler was told of it; it ends by itself. */
        PROMISED,
        /** The API was asked to bind, and has not said whether it did; it ends by itself. */
        BINDING,
        /** The API has bound it; it ends when the API's list has no such pod. */
        BOUND,
        /** The API's watch has shown it. */
        SEEN
    }

    boolean endsByItself() {
        return state == State.PROMISED || state == State.BINDING;
    }

    Holding as(State next, long nanos) {
        return new Holding(uid, node, request, gpus, next, nanos);
    }
}
