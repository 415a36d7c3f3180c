package gpuanalytics.placement.model;

import org.jspecify.annotations.Nullable;

/** Refuses values that nothing can be learnt from. */
final class Check {

    private static final int MAX_NAME_CHARS = 512;

    private Check() {}

    static void name(String what, String value) {
        if (value.isBlank() || value.length() > MAX_NAME_CHARS) {
            throw new IllegalArgumentException(
                    "%s has %d characters, expected 1 to %d that are not all blank"
                            .formatted(what, value.length(), MAX_NAME_CHARS));
        }
    }

    static void within(String what, @Nullable Double value, double min, double max) {
        if (value != null && !(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    "%s is %s, expected a number from %s to %s".formatted(what, value, min, max));
        }
    }
}
