package gpuanalytics.processor.store;

import org.bson.io.BsonOutput;

/** Documents, or updates, as bytes: each is asked for when its command is put together. */
public interface WireDocuments {

    /** How many there are. */
    int size();

    /** Writes one of them; it may be asked for again. */
    void write(int place, BsonOutput out);
}
