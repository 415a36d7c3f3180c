package gpuanalytics.placement.policy;

/** Which of the nodes with the highest score gets the pod. */
public enum Ties {
    /** The first in the cluster's order, as in the published simulation. */
    FIRST,
    /** Any of them, as the kube-scheduler does. */
    RANDOM
}
