package gpuanalytics.placement.model;

/**
 * What a model says of a pod on a node, without what makes it up; see {@link Prediction}.
 *
 * @param value in the target's unit
 * @param low the interval's lower end
 * @param high its upper end
 */
public record Range(double value, double low, double high) {}
