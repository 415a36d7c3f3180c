package gpuanalytics.processor.gpuname;

import gpuanalytics.processor.decode.SeriesKey;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;

/**
 * What one sample showed: a name means this GPU from this time on, until a link with the same name
 * says otherwise. A link from a GPU's key to itself says that the GPU has reported.
 *
 * @param name a GPU's key ({@code host/gpu_index} or UUID) or the UUID of a MIG instance
 * @param gpu the key of the GPU that it means
 * @param fromMillis the time of the sample, in milliseconds since 1970
 * @param storedAtMillis when it was stored or renewed, in milliseconds since 1970
 */
public record GpuLink(String name, String gpu, long fromMillis, long storedAtMillis) {

    /** Reads a document of {@link StoreLayout#GPU_NAMES}. */
    static GpuLink read(Document stored) {
        return new GpuLink(
                stored.getString(StoreLayout.NAME),
                stored.getString(StoreLayout.GPU),
                stored.getDate(StoreLayout.FROM).toInstant().toEpochMilli(),
                stored.getDate(StoreLayout.STORED_AT).toInstant().toEpochMilli());
    }

    boolean isOfItself() {
        return name.equals(gpu);
    }

    /** The document's {@code _id}. */
    String id() {
        return SeriesKey.of(List.of(name, gpu, Long.toString(fromMillis)));
    }

    /** What the document says, once and for all. */
    BsonDocument document() {
        return new BsonDocument(StoreLayout.NAME, new BsonString(name))
                .append(StoreLayout.GPU, new BsonString(gpu))
                .append(StoreLayout.FROM, new BsonDateTime(fromMillis));
    }
}
