package gpuanalytics.placement.processor;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.input.RehearsalInput;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The cluster as the latest sample of each GPU tells it: hosts with their GPUs, and the pods that
 * these samples name. What samples do not tell (cores and memory, pods that ended before another
 * took their GPU) is named in {@link RehearsalInput#missing}.
 */
public final class ProcessorFleet implements ClusterHistory {

    private static final int MAX_GPUS_PER_NODE = 64;

    /** Cores and memory, of which pods ask for none either. */
    private static final int NOT_KNOWN = 0;

    private static final List<String> ALWAYS_MISSING =
            List.of(
                    "cores and memory of nodes and pods are not in GPU samples: none are counted,"
                            + " only GPUs decide",
                    "of each GPU the pods of its latest sample are known, those before them are"
                            + " not");

    private final ProcessorClient processor;

    public ProcessorFleet(ProcessorClient processor) {
        this.processor = processor;
    }

    @Override
    public RehearsalInput last(Duration time) throws BadInputException, InterruptedException {
        long hours = Math.max(1, time.toHours());
        var samples = processor.get("/gpu/info?max_age=%dh".formatted(hours)).path("gpus");
        var missing = new ArrayList<>(ALWAYS_MISSING);
        var nodes = nodes(samples, missing);
        var pods = pods(samples, missing);
        if (nodes.isEmpty()) {
            throw new BadInputException(
                    "the processor knows 0 GPUs of the last %d hours, expected some"
                            .formatted(hours));
        }
        if (pods.isEmpty()) {
            throw new BadInputException(
                    "pod is missing in all of %d GPU samples, expected pods that use GPUs"
                            .formatted(samples.size()));
        }
        return new RehearsalInput("cluster", nodes, pods, List.of(), missing);
    }

    /** A host of two models is a node for each. */
    private static List<TraceNode> nodes(JsonNode samples, List<String> missing) {
        var hosts = new TreeMap<String, Map<String, Set<String>>>();
        int instances = 0;
        for (var sample : samples) {
            instances += sample.has("mig_id") ? 1 : 0;
            hosts.computeIfAbsent(node(sample), _ -> new TreeMap<>())
                    .computeIfAbsent(sample.path("name").asText(), _ -> new HashSet<>())
                    .add(sample.path("gpu").asText());
        }
        if (instances > 0) {
            missing.add("%d MIG instances are counted with their whole GPU".formatted(instances));
        }
        var nodes = new ArrayList<TraceNode>();
        hosts.forEach(
                (host, models) ->
                        models.forEach(
                                (model, gpus) ->
                                        nodes.add(
                                                new TraceNode(
                                                        host,
                                                        NOT_KNOWN,
                                                        NOT_KNOWN,
                                                        Math.min(gpus.size(), MAX_GPUS_PER_NODE),
                                                        model))));
        return nodes;
    }

    private static String node(JsonNode sample) {
        return sample.path("node").asText(sample.path("host").asText());
    }

    /** A pod and the GPUs that it has: alone, or a part of one. */
    private static final class Use {
        private final Set<String> gpus = new HashSet<>();
        private int mostSharers = 1;
        private String team = "";
    }

    private static List<TracePod> pods(JsonNode samples, List<String> missing) {
        var uses = new TreeMap<String, Use>();
        int unnamed = 0;
        for (var sample : samples) {
            var names = names(sample);
            unnamed += names.isEmpty() ? 1 : 0;
            for (var name : names) {
                var use = uses.computeIfAbsent(name, _ -> new Use());
                use.gpus.add(sample.path("gpu").asText());
                use.mostSharers = Math.max(use.mostSharers, names.size());
                use.team = team(sample, use.team);
            }
        }
        if (unnamed > 0) {
            missing.add("%d of %d GPU samples name no pod".formatted(unnamed, samples.size()));
        }
        var shared = new HashSet<String>();
        var pods = new ArrayList<TracePod>();
        uses.forEach((name, use) -> pods.add(pod(name, use, shared)));
        if (!shared.isEmpty()) {
            missing.add(
                    "what each of %d pods on shared GPUs asked for is not known: equal parts are"
                                    .formatted(shared.size())
                            + " taken");
        }
        return pods;
    }

    private static TracePod pod(String name, Use use, Set<String> shared) {
        boolean isShared = use.mostSharers > 1 && use.gpus.size() == 1;
        int milli =
                isShared ? TraceReader.MAX_GPU_MILLI / use.mostSharers : TraceReader.MAX_GPU_MILLI;
        if (isShared) {
            shared.add(name);
        }
        return new TracePod(
                name,
                use.team,
                NOT_KNOWN,
                NOT_KNOWN,
                Math.min(use.gpus.size(), MAX_GPUS_PER_NODE),
                Math.max(1, milli),
                "");
    }

    private static String team(JsonNode sample, String known) {
        var team = sample.path("team").asText(sample.path("namespace").asText(""));
        return team.isEmpty() ? known : team;
    }

    /** Namespace and pod, of all that share the GPU where several do. */
    private static Set<String> names(JsonNode sample) {
        var names = new HashSet<String>();
        for (var pod : sample.path("pods")) {
            var parts = pod.asText().split("/", -1);
            names.add(parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0]);
        }
        var own = sample.path("pod").asText("");
        if (names.isEmpty() && !own.isEmpty()) {
            names.add(sample.path("namespace").asText("") + "/" + own);
        }
        return names;
    }
}
