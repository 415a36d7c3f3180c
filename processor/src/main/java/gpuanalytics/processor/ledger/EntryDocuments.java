package gpuanalytics.processor.ledger;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.store.StoreLayout;
import java.util.Date;
import java.util.Locale;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Entries of the ledger as documents; what is absent is left out. */
final class EntryDocuments {

    private static final String GPU_MODEL = "gpu_model";
    private static final String PROVIDED = "provided_micro_usd";

    private EntryDocuments() {}

    static Document write(EntryKey key, Amounts amounts) {
        var document = new Document(StoreLayout.KIND, key.kind().name().toLowerCase(Locale.ROOT));
        append(document, StoreLayout.GPU, key.gpu().name());
        append(document, GpuMetric.HOST.name(), key.gpu().host());
        append(document, GPU_MODEL, key.gpu().model());
        document.append(StoreLayout.FROM, Date.from(key.from()));
        append(document, PROVIDED, key.providedMicroUsd());
        var group = key.group();
        append(document, TokenUsage.MODEL.name(), group.model());
        append(document, TokenUsage.TEAM.name(), group.team());
        append(document, TokenUsage.USER.name(), group.user());
        append(document, TokenUsage.PROJECT.name(), group.project());
        append(document, TokenUsage.NAMESPACE.name(), group.namespace());
        amounts.forEach((amount, sum) -> document.append(amount.field(), sum));
        return document;
    }

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

    private static void append(Document document, String name, @Nullable Object value) {
        if (value != null) {
            document.append(name, value);
        }
    }
}
