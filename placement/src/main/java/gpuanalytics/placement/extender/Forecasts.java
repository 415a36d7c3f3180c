package gpuanalytics.placement.extender;

import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.model.Range;
import gpuanalytics.placement.model.Target;
import gpuanalytics.placement.watch.PodState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

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

    /** A prediction for one pod, on any node. Not for several threads. */
    interface Forecast {

        /** Which model made it. */
        String model();

        /** All that is predicted of it there, with what makes it up; takes its time. */
        default List<Prediction> predictions(Place place) {
            return List.of();
        }

        /** What is predicted of it there that counts for a score. */
        default Map<Target, Range> ranges(Place place) {
            return Map.of();
        }

        /** MiB that it will need of each GPU there, the upper end of the interval. */
        OptionalInt peakGpuMemoryMib(Place place);

        /** The energy that it will use in an hour there. */
        OptionalDouble joulesPerHour(Place place);
    }
}
