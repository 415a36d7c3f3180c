package gpuanalytics.placement.rehearse;

import java.util.List;

/**
 * What came of one run.
 *
 * @param allocatedPercent how much of all GPUs is allocated
 * @param fragmentedPercent how much of what is not allocated the typical requests cannot use
 * @param strandings what each kind of request did to the GPUs of each model, up to the comparison
 * @param allocatedByModel how many GPUs of each model are allocated at the comparison
 * @param nodes the first nodes of the file with GPUs at the comparison, for the first seed; else
 *     none
 */
public record SeedResult(
        Curve allocatedPercent,
        Curve fragmentedPercent,
        Strandings strandings,
        AllocatedByModel allocatedByModel,
        List<NodeFill> nodes) {

    public SeedResult {
        nodes = List.copyOf(nodes);
    }
}
