package gpuanalytics.embedded.store;

import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;

/** Keys of documents: any BSON value, in MongoDB's order; numbers are equal by value. */
final class KeyType extends BasicDataType<Object> {

    static final KeyType INSTANCE = new KeyType();

    private static final int OBJECT_BYTES = 48;

    private KeyType() {}

    @Override
    public int compare(Object a, Object b) {
        // What most keys are, without asking the library which of two types comes first.
        if (a instanceof String left && b instanceof String right) {
            return left.compareTo(right);
        }
        if (a instanceof Instant left && b instanceof Instant right) {
            return left.compareTo(right);
        }
        return a instanceof Integer left && b instanceof Integer right
                ? left.compareTo(right)
                : ValueComparator.asc().compare(a, b);
    }

    @Override
    public int getMemory(Object key) {
        return key instanceof String text ? OBJECT_BYTES + text.length() : OBJECT_BYTES;
    }

    @Override
    public void write(WriteBuffer out, Object key) {
        ByteArrayDataType.INSTANCE.write(
                out, Bson.encode(new Document("", key instanceof Missing ? null : key)));
    }

    @Override
    public Object read(ByteBuffer in) {
        return Missing.ofNullable(Bson.decode(ByteArrayDataType.INSTANCE.read(in)).get(""));
    }

    @Override
    public Object[] createStorage(int size) {
        return new Object[size];
    }
}
