package gpuanalytics.producer.source.synthetic;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is simulated, in one line for people. */
public final class FleetSummary {

    private static final int MAX_MODELS = 6;

    /** What a driver's name has beside the model: the maker, the form and the memory. */
    private static final Pattern BESIDE_THE_MODEL =
            Pattern.compile("^NVIDIA |\\bGeForce |[- ](SXM\\d?|PCIe|\\d+ ?GB)\\b.*$");

    private FleetSummary() {}

    /**
     * For example {@code 96 GPUs (24 A100, 24 H100, ...) of 6 teams, about 104 requests/s;
     * utilisation follows the hour of the day}.
     *
     * @param eventsPerSecond samples and usages together
     */
    public static String of(SyntheticOptions options, double eventsPerSecond) {
        var gpus = options.fleet().gpus();
        var byModel =
                gpus.stream()
                        .collect(
                                Collectors.groupingBy(
                                        gpu -> shortName(gpu.model()),
                                        TreeMap::new,
                                        Collectors.counting()));
        var models =
                byModel.entrySet().stream()
                        .limit(MAX_MODELS)
                        .map(FleetSummary::count)
                        .collect(Collectors.joining(", "));
        long teams = gpus.stream().map(FleetGpu::team).distinct().count();
        return "%d GPUs (%s%s) of %d teams, about %s requests/s; utilisation follows the hour (UTC)"
                .formatted(
                        gpus.size(),
                        models,
                        byModel.size() > MAX_MODELS ? ", ..." : "",
                        teams,
                        number(gpus.size() * options.requestsOfGpu(eventsPerSecond)));
    }

    private static String count(Map.Entry<String, Long> model) {
        return model.getValue() + " " + model.getKey();
    }

    private static String shortName(GpuModel model) {
        return BESIDE_THE_MODEL.matcher(model.name()).replaceAll("");
    }

    private static String number(double value) {
        return value < 10 ? "%.1f".formatted(value) : Long.toString(Math.round(value));
    }
}
