package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.Holding.State;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.kubernetes.ResourceWatch;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Brings what the API tells into the fleet. The scheduler's next question often comes before the
 * watch has shown what was bound: what is promised and bound stays until it has.
 */
final class FleetListener {

    private final Fleet fleet;
    private final RequestCounts counts;
    private final LongSupplier nanos;
    private boolean hasNodes;
    private boolean hasPods;

    FleetListener(Fleet fleet, RequestCounts counts, LongSupplier nanos) {
        this.fleet = fleet;
        this.counts = counts;
        this.nanos = nanos;
    }

    /** Whether both lists have been told. */
    boolean isComplete() {
        synchronized (fleet) {
            return hasNodes && hasPods;
        }
    }

    /** Does before the first question what would be done at it. */
    private void prepare() {
        if (hasNodes && hasPods) {
            fleet.prepare();
        }
    }

    ResourceWatch.Listener<NodeState> nodes() {
        return new Nodes();
    }

    ResourceWatch.Listener<PodState> pods() {
        return new Pods();
    }

    private final class Nodes implements ResourceWatch.Listener<NodeState> {

        @Override
        public void listed(List<NodeState> all, long beganNanos) {
            synchronized (fleet) {
                fleet.nodes(all);
                hasNodes = true;
                prepare();
            }
        }

        @Override
        public void changed(NodeState node) {
            synchronized (fleet) {
                fleet.node(node);
            }
        }

        @Override
        public void removed(NodeState node) {
            synchronized (fleet) {
                fleet.nodeGone(node.name());
            }
        }
    }

    private final class Pods implements ResourceWatch.Listener<PodState> {

        @Override
        public void listed(List<PodState> all, long beganNanos) {
            synchronized (fleet) {
                var uids = new HashSet<String>();
                all.forEach(pod -> uids.add(pod.uid()));
                for (var holding : fleet.holdings()) {
                    // what was bound before the list was asked for would be in it
                    boolean wouldBeIn =
                            holding.state() == State.SEEN
                                    || (holding.state() == State.BOUND
                                            && holding.atNanos() - beganNanos < 0);
                    if (wouldBeIn && !uids.contains(holding.uid())) {
                        fleet.release(holding.uid());
                    }
                }
                all.forEach(this::take);
                hasPods = true;
                prepare();
            }
        }

        @Override
        public void changed(PodState pod) {
            synchronized (fleet) {
                take(pod);
            }
        }

        @Override
        public void removed(PodState pod) {
            synchronized (fleet) {
                fleet.release(pod.uid());
            }
        }

        private void take(PodState pod) {
            if (pod.refusal().isEmpty()) {
                counts.add(pod.uid(), pod.request());
            }
            if (pod.isFinished()) {
                fleet.release(pod.uid());
            } else if (!pod.node().isEmpty()) {
                fleet.hold(seen(pod));
            }
            // one that waits, or waited when this was sent, keeps what it was promised
        }

        private Holding seen(PodState pod) {
            var before = fleet.holding(pod.uid());
            var request = pod.request();
            long gpus = pod.gpus();
            if (before != null && before.node().equals(pod.node())) {
                request = before.request();
                gpus = gpus == 0 ? before.gpus() : gpus;
            }
            return new Holding(pod.uid(), pod.node(), request, gpus, State.SEEN, nanos.getAsLong());
        }
    }
}
