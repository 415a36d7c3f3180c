package gpuanalytics.processor.ledger;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Locale;
import org.bson.Document;

/** Entries of the ledger as they were stored at first, and are read still: each a document. */
final class EntryDocuments {

    private static final String GPU_MODEL = "gpu_model";
    private static final String PROVIDED = "provided_micro_usd";

    private EntryDocuments() {}

    static EntryKey key(Document entry) {
        return new EntryKey(
                Kind.valueOf(entry.getString(StoreLayout.KIND).toUpperCase(Locale.ROOT)),
                new Gpu(
                        entry.getString(StoreLayout.GPU),
                        entry.getString(GpuMetric.HOST.name()),
                        entry.getString(GPU_MODEL)),
                entry.getDate(StoreLayout.FROM).toInstant(),
                entry.get(PROVIDED) instanceof Number price ? price.longValue() : null,
                new Group(
                        entry.getString(TokenUsage.MODEL.name()),
                        entry.getString(TokenUsage.TEAM.name()),
                        entry.getString(TokenUsage.USER.name()),
                        entry.getString(TokenUsage.PROJECT.name()),
                        entry.getString(TokenUsage.NAMESPACE.name())));
    }

    static Amounts amounts(Document entry) {
        var amounts = new Amounts();
        for (var amount : Amount.values()) {
            if (entry.get(amount.field()) instanceof Number sum) {
                amounts.add(amount, sum.longValue());
            }
        }
        return amounts;
    }
}
