package gpuanalytics.placement.rehearse;

/**
 * Requests of one team for one shape.
 *
 * @param team the team; empty where it is not known
 * @param shape the shape's number in the workload
 */
public record RequestKind(String team, int shape) {}
