package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Whose requests strand which GPUs under the present policy, the worst first. */
final class StrandingTable {

    private static final int MOST_ROWS = 5;
    private static final double LEAST_GPUS = 0.05;

    private record Entry(int kind, int model, double gpus) {}

    private StrandingTable() {}

    static List<String> of(RehearsalResult result) {
        var plan = result.plan();
        var workload = result.workload();
        var lines = new ArrayList<String>();
        lines.add(
                "GPUs that requests left unusable for typical ones under %s, up to %d %%:"
                        .formatted(plan.present().label(), plan.compareAtPercent()));
        entries(workload, result.of(plan.present())).stream()
                .filter(entry -> entry.gpus() >= LEAST_GPUS)
                .sorted(Comparator.comparingDouble(Entry::gpus).reversed())
                .limit(MOST_ROWS)
                .forEach(entry -> lines.add(line(workload, entry)));
        return lines;
    }

    private static List<Entry> entries(Workload workload, PolicyResult policy) {
        var entries = new ArrayList<Entry>();
        for (int kind = 0; kind < workload.kinds().size(); kind++) {
            for (int model = 0; model < workload.models().size(); model++) {
                int asked = kind;
                int on = model;
                double gpus =
                        policy.spread(seed -> seed.strandings().strandedGpus(asked, on)).mean();
                entries.add(new Entry(kind, model, gpus));
            }
        }
        return entries;
    }

    private static String line(Workload workload, Entry entry) {
        var team = workload.kinds().get(entry.kind()).team();
        var model = workload.models().name(entry.model());
        return String.format(
                Locale.ROOT,
                "%10.1f on %-10s by %s%s",
                entry.gpus(),
                model.isEmpty() ? "GPUs" : model,
                team.isEmpty() ? "" : team + ": ",
                words(workload.shape(entry.kind())));
    }

    private static String words(Shape shape) {
        return String.format(
                Locale.ROOT,
                "%s cores, %d MiB, %d GPUs of %d milli",
                shape.cpuMilli() / 1000.0,
                shape.memoryMib(),
                shape.gpus(),
                shape.gpuMilli());
    }
}
