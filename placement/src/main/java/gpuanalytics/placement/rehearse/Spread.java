package gpuanalytics.placement.rehearse;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A value over several seeds.
 *
 * @param mean its mean
 * @param sd its standard deviation; empty for one seed, of which it is not known
 */
public record Spread(double mean, OptionalDouble sd) {

    /** The spread of at least one value. */
    public static Spread of(List<Double> values) {
        double mean = values.stream().mapToDouble(value -> value).average().orElseThrow();
        if (values.size() == 1) {
            return new Spread(mean, OptionalDouble.empty());
        }
        double squares =
                values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
        return new Spread(mean, OptionalDouble.of(Math.sqrt(squares / (values.size() - 1))));
    }
}
