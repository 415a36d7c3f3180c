package gpuanalytics.placement.extender;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Need;
import gpuanalytics.placement.extender.Forecasts.Place;
import java.util.Arrays;
import java.util.List;

/**
 * What one forecast says of every node, each kept until its node gets or loses a pod: the same
 * workload asked about again asks for the few nodes that have changed.
 */
final class NeedColumn {

    private static final int NOT_ASKED = Integer.MIN_VALUE;

    private final int[] versions;
    private final Need[] needs;

    NeedColumn(int nodes) {
        versions = new int[nodes];
        needs = new Need[nodes];
        Arrays.fill(versions, NOT_ASKED);
        Arrays.fill(needs, Need.NOTHING);
    }

    /**
     * Asks about those of these nodes that have changed.
     *
     * @param places where nodes are, in their order
     */
    void ask(Forecast forecast, List<Node> nodes, List<Place> places, boolean withEnergy) {
        var said = forecast.needs(places, withEnergy);
        for (int each = 0; each < said.size(); each++) {
            var node = nodes.get(each);
            versions[node.number()] = node.version();
            needs[node.number()] = said.get(each);
        }
    }

    /** Whether a node has changed since it was asked about. */
    boolean isStale(Node node) {
        return versions[node.number()] != node.version();
    }

    /** What was said of a node. */
    Need of(Node node) {
        return needs[node.number()];
    }
}
