package gpuanalytics.placement.model;

import java.time.Instant;

/**
 * What is asked about: a pod of a workload on a node from a moment on.
 *
 * @param at only what was known by then is used
 */
public record Subject(Workload workload, RequestFacts request, NodeFacts node, Instant at) {}
