package gpuanalytics.placement.extender;

import gpuanalytics.placement.model.Prediction;
import gpuanalytics.placement.watch.PodState;
import java.util.List;
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

    /** A prediction for one pod. */
    interface Forecast {

        /** Which model made it. */
        String model();

        /** All that is predicted of it, wherever it runs, with what makes it up. */
        default List<Prediction> predictions() {
            return List.of();
        }

        /** MiB that it will need of each GPU, the upper end of the interval. */
        OptionalInt peakGpuMemoryMib();

        /** The energy that it will use in an hour on GPUs of this model. */
        OptionalDouble joulesPerHour(String gpuModel);
    }
}
