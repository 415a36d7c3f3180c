package gpuanalytics.processor.bill;

import gpuanalytics.processor.bill.BillFormat.CostKind;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What is asked of a bill. Lists are values that a line may have; empty for any.
 *
 * @param from the first moment
 * @param to the moment after the last
 * @param lineTypes kinds of charges, such as Usage or Tax
 */
public record BillQuestion(
        Instant from,
        Instant to,
        CostKind cost,
        List<String> instanceTypes,
        List<String> resources,
        List<String> lineTypes) {

    public BillQuestion {
        instanceTypes = List.copyOf(instanceTypes);
        resources = List.copyOf(resources);
        lineTypes = List.copyOf(lineTypes);
    }

    /** The name of a cost in the API. */
    public static String label(CostKind cost) {
        return cost.name().toLowerCase(Locale.ROOT);
    }
}
