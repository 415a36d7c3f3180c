package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Shape;
import gpuanalytics.placement.rehearse.RehearsalResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whose requests strand which GPUs under the present policy, the worst first. */
final class StrandingTable {

    private static final int MOST_ROWS = 5;

    private StrandingTable() {}

    static List<String> of(RehearsalResult result) {
        var plan = result.plan();
        var lines = new ArrayList<String>();
        lines.add(
                "GPUs that requests left unusable for typical ones under %s, up to %d %%:"
                        .formatted(plan.present().label(), plan.compareAtPercent()));
        Stranding.worst(result, MOST_ROWS).forEach(stranding -> lines.add(line(stranding)));
        return lines;
    }

    private static String line(Stranding stranding) {
        return String.format(
                Locale.ROOT,
                "%10.1f on %-10s by %s%s",
                stranding.gpus().mean(),
                stranding.model().isEmpty() ? "GPUs" : stranding.model(),
                stranding.team().isEmpty() ? "" : stranding.team() + ": ",
                words(stranding.shape()));
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
