package gpuanalytics.producer.source.nvml.verify;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of nvidia-smi about one GPU.
 *
 * @param at when it was read
 * @param gpuIndex the GPU's number
 * @param cells the texts by the names of the columns
 */
record SmiRow(Instant at, long gpuIndex, Map<String, String> cells) {

    /** The number in a column, or null where nvidia-smi has none, such as {@code [N/A]}. */
    @Nullable Double number(String column) {
        var text = cells.get(column);
        try {
            return text == null ? null : Double.valueOf(text);
        } catch (NumberFormatException ignored) {
            return null;
        }
    }
}
