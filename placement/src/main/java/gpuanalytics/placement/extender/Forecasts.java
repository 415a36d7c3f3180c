package gpuanalytics.placement.extender;

import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.watch.PodState;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** What a model predicts of a pod. Any thread may ask; it answers at once. */
@FunctionalInterface
public interface Forecasts {

    /** No model serves. */
    Forecasts NONE = _ -> Optional.empty();

    /**
     * What is predicted of a pod; empty where no model serves, or it knows too little of its
     * workload. The score is then made of what the pod asks for alone.
     */
    Optional<Forecast> of(PodState pod);

    /**
     * Where the pod may go.
     *
     * @param node empty where that is not known
     * @param gpuModel of its GPUs; empty where that is not known
     * @param fragmentGpus its free GPUs that usual requests cannot use, without the pod; NaN where
     *     that is not known
     */
    record Place(String node, String gpuModel, double fragmentGpus) {

        /** A place of which nothing is known. */
        public static final Place ANYWHERE = new Place("", "", Double.NaN);
    }

    /**
     * What a pod is predicted to need somewhere.
     *
     * @param peakGpuMemoryMib of each GPU; 0 where nothing is predicted
     * @param joulesPerHour 0 where nothing is predicted, or was not asked for
     */
    record Need(int peakGpuMemoryMib, double joulesPerHour) {

        static final Need NOTHING = new Need(0, 0);
    }

    /** A prediction for one pod, on any node. Any thread may ask. */
    interface Forecast {

        /** Which model made it. */
        String model();

        /**
         * All that is predicted of it there, with what makes it up, once somebody asks for it: that
         * takes its time. It does not hold what was observed.
         */
        default Supplier<List<Prediction>> predictions(Place place) {
            return List::of;
        }

        /** MiB that it will need of each GPU there, the upper end of the interval. */
        OptionalInt peakGpuMemoryMib(Place place);

        /** The energy that it will use in an hour there. */
        OptionalDouble joulesPerHour(Place place);

        /** What decides between places, in their order; asked of many it takes less time. */
        default List<Need> needs(List<Place> places, boolean withEnergy) {
            return places.stream()
                    .map(
                            place ->
                                    new Need(
                                            peakGpuMemoryMib(place).orElse(0),
                                            withEnergy ? joulesPerHour(place).orElse(0) : 0))
                    .toList();
        }
    }
}
