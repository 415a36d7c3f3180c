package gpuanalytics.placement.report;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A rehearsal as a table for a terminal. */
public final class TableReport {

    private TableReport() {}

    /** The lines. */
    public static String of(Findings findings) {
        var result = findings.result();
        var points = findings.points();
        var lines = new ArrayList<String>();
        var workload = result.workload();
        lines.add(
                String.format(
                        Locale.ROOT,
                        "%d nodes with %d GPUs; %d requests for %.1f GPUs, %d of their shapes are"
                                + " typical; %d seeds",
                        workload.nodes(),
                        workload.gpuMilli() / Node.GPU_MILLI,
                        workload.pods(),
                        workload.askedMilli() / (double) Node.GPU_MILLI,
                        workload.typical().size(),
                        result.plan().seeds()));
        lines.add("");
        lines.add("% of all GPUs that is allocated when requests for so many % have arrived:");
        lines.add(header(points));
        for (var policy : result.policies()) {
            lines.add(row(policy, points, true));
        }
        lines.add("");
        lines.add("% of the GPUs left that typical requests cannot use:");
        lines.add(header(points));
        for (var policy : result.policies()) {
            lines.add(row(policy, points, false));
        }
        lines.addAll(freed(findings));
        lines.add("");
        lines.addAll(StrandingTable.of(result));
        return String.join("\n", lines);
    }

    private static String header(List<Integer> points) {
        var line = new StringBuilder("%-14s".formatted("policy"));
        points.forEach(point -> line.append("%15s".formatted(point + " %")));
        return line.toString();
    }

    private static String row(PolicyResult policy, List<Integer> points, boolean allocated) {
        var line = new StringBuilder("%-14s".formatted(policy.policy().label()));
        for (int point : points) {
            var spread =
                    allocated ? policy.allocatedPercent(point) : policy.fragmentedPercent(point);
            line.append("%15s".formatted(Numbers.text(spread)));
        }
        return line.toString();
    }

    private static List<String> freed(Findings findings) {
        var plan = findings.result().plan();
        var lines = new ArrayList<String>();
        lines.add("");
        lines.add(
                "GPUs more in use than with %s at %d %%%s:"
                        .formatted(
                                plan.present().label(),
                                plan.compareAtPercent(),
                                findings.prices().isKnown() ? ", and USD a month" : ""));
        for (var policy : findings.result().policies()) {
            var gpus = Savings.gpus(findings, policy);
            var usd = Savings.usdPerMonth(findings, policy);
            lines.add(
                    "%-14s%20s%s"
                            .formatted(
                                    policy.policy().label(),
                                    Numbers.text(gpus),
                                    usd.map(each -> "%24s".formatted(whole(each))).orElse("")));
        }
        if (!findings.unpriced().isEmpty()) {
            lines.add(
                    "without a price, and not in these USD: "
                            + String.join(", ", findings.unpriced()));
        }
        return lines;
    }

    private static String whole(Spread spread) {
        var mean = String.format(Locale.ROOT, "%.0f", spread.mean());
        return spread.sd().isEmpty()
                ? mean
                : mean + String.format(Locale.ROOT, " ± %.0f", spread.sd().getAsDouble());
    }
}
