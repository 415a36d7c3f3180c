package gpuanalytics.processor.meter;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/** Which part of its board a sample is of: power and energy are read of the whole board. */
final class BoardShare {

    /** Of a sample that is of the whole board. */
    static final double WHOLE = 1;

    /** Of a MIG instance that does not say how large it is. */
    static final double UNKNOWN = Double.NaN;

    /** A compute instance's slices, if it is one, and those of its GPU instance. */
    private static final Pattern PROFILE =
            Pattern.compile("(?:\\b([1-7])c\\.)?\\b([1-7])g\\.[0-9]+gb");

    /** Boards of fewer slices than the usual seven, by a word of their names. */
    private static final Map<Pattern, Integer> SLICES =
            Map.of(
                    Pattern.compile("\\ba30\\b"), 4,
                    Pattern.compile("\\brtx pro 6000\\b"), 4,
                    Pattern.compile("\\brtx pro 5000\\b"), 2);

    private static final int USUAL_SLICES = 7;

    /** What the driver calls a MIG instance begins so. */
    private static final String MIG_UUID = "MIG-";

    private BoardShare() {}

    /** The share, above 0 and at most 1; {@link #UNKNOWN} where it cannot be told. */
    static double of(Row row) {
        if (!isOfInstance(row)) {
            return WHOLE;
        }
        var name = text(row, GpuMetric.NAME.name());
        for (var said :
                new @Nullable String[] {
                    text(row, GpuMetric.MIG_PROFILE.name()),
                    text(row, GpuMetric.MIG_ID.name()),
                    name
                }) {
            var profile = said == null ? null : PROFILE.matcher(said);
            if (profile != null && profile.find()) {
                var compute = profile.group(1);
                int slices = Integer.parseInt(compute == null ? profile.group(2) : compute);
                return Math.min(WHOLE, (double) slices / slicesOf(name));
            }
        }
        return UNKNOWN;
    }

    private static boolean isOfInstance(Row row) {
        var gpu = row.values().labels().gpu();
        return row.values().has(GpuMetric.MIG_ID)
                || row.values().has(GpuMetric.MIG_PROFILE)
                || (gpu != null && gpu.startsWith(MIG_UUID));
    }

    private static int slicesOf(@Nullable String name) {
        if (name == null) {
            return USUAL_SLICES;
        }
        return SLICES.entrySet().stream()
                .filter(board -> board.getKey().matcher(name).find())
                .mapToInt(Map.Entry::getValue)
                .findFirst()
                .orElse(USUAL_SLICES);
    }

    private static @Nullable String text(Row row, String field) {
        return row.document().get(field) instanceof BsonString text
                ? text.getValue().toLowerCase(Locale.ROOT)
                : null;
    }
}
