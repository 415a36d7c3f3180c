package gpuanalytics.placement.forest;

/**
 * What the trees that have not seen a row say of it: an honest guess at how wrong the forest will
 * be, where tomorrow is like the training.
 *
 * @param values for each row; NaN where every tree has seen it
 * @param spreads the same of {@link Estimate#spread}
 */
@SuppressWarnings("ArrayRecordComponent") // large, never compared
public record OutOfBag(double[] values, double[] spreads) {}
