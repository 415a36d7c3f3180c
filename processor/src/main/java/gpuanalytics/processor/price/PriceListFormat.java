package gpuanalytics.processor.price;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.processor.kept.Faults;
import gpuanalytics.processor.kept.Fields;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.kept.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lists of prices as text: YAML in files, JSON in bodies. */
public final class PriceListFormat {

    /**
     * A list that somebody puts.
     *
     * @param by who, where the body says so
     */
    public record Put(PriceList list, Optional<String> by) {}

    private PriceListFormat() {}

    /**
     * The list of a file; its version is a digest of what it says.
     *
     * @param maxEntries how many prices and aliases it may have
     * @throws RefusedListException with every fault
     */
    public static PriceList yaml(byte[] text, int maxEntries) throws RefusedListException {
        var list = list(Trees.yaml(text), List.of(), maxEntries);
        return new PriceList("file:" + BookVersion.of(list), list.gpus(), list.models());
    }

    /**
     * The list of a body, which has no version yet.
     *
     * @param maxEntries how many prices and aliases it may have
     * @throws RefusedListException with every fault
     */
    public static Put json(byte[] body, int maxEntries) throws RefusedListException {
        var tree = Trees.json(body);
        var list = list(tree, List.of(PriceFields.BY), maxEntries);
        var by = tree.path(PriceFields.BY);
        return new Put(list, by.isNull() ? Optional.empty() : Optional.ofNullable(by.textValue()));
    }

    /** The list that a tree is. */
    static PriceList list(JsonNode tree, List<String> more, int maxEntries)
            throws RefusedListException {
        var faults = new Faults();
        var known = new ArrayList<>(List.of(PriceFields.GPUS, PriceFields.MODELS));
        known.addAll(more);
        var fields = Fields.of(tree, "", known, faults);
        if (more.contains(PriceFields.BY)) {
            fields.text(PriceFields.BY);
        }
        var list = new PriceListReader(faults).read(fields, "");
        if (list.size() > maxEntries) {
            faults.add(
                    "the list",
                    list.size() + " prices and aliases long",
                    "at most %d (PRICES_MAX_ENTRIES)".formatted(maxEntries));
        }
        faults.check();
        return list;
    }
}
