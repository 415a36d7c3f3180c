package gpuanalytics.placement.report;

import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Spread;

/** The curves of a rehearsal as CSV: a row per policy and percent of arrival. */
public final class CsvReport {

    private CsvReport() {}

    /** The rows with their header. */
    public static String of(RehearsalResult result) {
        var text =
                new StringBuilder(
                        "policy,arrived_pct,allocated_pct,allocated_sd,fragmented_pct,fragmented_sd");
        for (var policy : result.policies()) {
            for (int percent = 0; percent <= result.plan().targetPercent(); percent++) {
                text.append('\n').append(policy.policy().label()).append(',').append(percent);
                append(text, policy.allocatedPercent(percent));
                append(text, policy.fragmentedPercent(percent));
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Spread spread) {
        text.append(',').append(Numbers.rounded(spread.mean())).append(',');
        spread.sd().ifPresent(sd -> text.append(Numbers.rounded(sd)));
    }
}
