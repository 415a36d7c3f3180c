package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Models whose GPUs could hold each other.
 *
 * @param coverage when, in whole hours
 * @param rows those first that would free the most dollars
 * @param notes what its reader must know
 */
public record SharingReport(Coverage coverage, List<Row> rows, CostReport.Notes notes) {

    public SharingReport {
        rows = List.copyOf(rows);
    }

    /**
     * Two models that each run on GPUs of one kind, which fit beside each other there.
     *
     * @param model the one with as many GPUs as the other or more
     * @param other the other
     * @param gpuModel what their GPUs are
     * @param gpus how many would be free: those of the other
     * @param memUsedBytes the most that a GPU of each has held, together
     * @param memTotalBytes what the smallest of their GPUs has
     * @param utilization how busy the GPUs of each are on average, together: 1 is always
     * @param usd what the free ones cost in this time; null where no price of them is known
     */
    public record Row(
            String model,
            String other,
            String gpuModel,
            long gpus,
            long memUsedBytes,
            long memTotalBytes,
            double utilization,
            @Nullable BigDecimal usd) {}
}
