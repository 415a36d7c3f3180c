package gpuanalytics.processor.query;

import gpuanalytics.processor.store.StoreLayout;
import org.jspecify.annotations.Nullable;

/**
 * A value that rows are grouped by, as one text: that of a label, or the one that stands for all
 * values of a label that are folded. The two never are the same text, so a label whose real value
 * is {@code other} is a group of its own.
 */
public final class GroupValue {

    /** Comes after all other characters; a real value that begins with it has it twice. */
    private static final char MARK = '\uffff';

    /** All values that are folded. */
    public static final String FOLDED = MARK + StoreLayout.OTHER;

    private GroupValue() {}

    /** A real value; null where usages have none. */
    public static @Nullable String of(@Nullable String label) {
        return label != null && !label.isEmpty() && label.charAt(0) == MARK ? MARK + label : label;
    }

    /** Whether it stands for values that are folded. */
    public static boolean isFolded(@Nullable String value) {
        return FOLDED.equals(value);
    }

    /** What is shown of it: the label, or {@code other}. */
    public static @Nullable String text(@Nullable String value) {
        return value != null && !value.isEmpty() && value.charAt(0) == MARK
                ? value.substring(1)
                : value;
    }
}
