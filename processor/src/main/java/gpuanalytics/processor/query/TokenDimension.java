package gpuanalytics.processor.query;

import java.util.Locale;

/** What token usages are counted by: the parts of a series. */
public enum TokenDimension {
    MODEL,
    TEAM,
    USER,
    PROJECT,
    GPU,
    PROVIDER,
    OPERATION,
    NAMESPACE,
    POD;

    /** The name in the API and in the store, such as {@code model}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
