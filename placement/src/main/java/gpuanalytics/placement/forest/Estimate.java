package gpuanalytics.placement.forest;

/**
 * What a forest says of a row.
 *
 * @param value in the target's unit: the base and all contributions, added in their order
 * @param base what it says of a row of which nothing is known but that it is one
 * @param contributions by how much each column moves it
 * @param spread how far outcomes lie apart that look like this one, in the target's unit: the root
 *     of the leaves' variances and of that of their means
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Estimate(double value, double base, double[] contributions, double spread) {}
