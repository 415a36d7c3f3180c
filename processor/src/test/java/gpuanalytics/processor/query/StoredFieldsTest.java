package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoClientSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonDateTime;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is read from a document's bytes is what the driver's own reader makes of it. */
@Timeout(60)
class StoredFieldsTest {

    private static final List<String> NAMES = List.of("a", "ab", "b", "gpu", "größe", "_id", "n");

    private final StoredFields fields = new StoredFields();

    @Test
    void randomDocumentsAreReadAsTheDriverReadsThem() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var paths = new ArrayList<String>(NAMES);
        NAMES.forEach(outer -> NAMES.forEach(inner -> paths.add(outer + "." + inner)));
        var asked = new TreeMap<String, StoredFields.Field>();
        paths.forEach(path -> asked.put(path, fields.field(path)));
        for (int i = 0; i < 5_000; i++) {
            var document = document(random, 0);
            fields.read(raw(document));
            asked.forEach((path, field) -> assertRead(document, path, field));
        }
    }

    private static void assertRead(Document document, String path, StoredFields.Field field) {
        var names = List.of(path.split("\\.", -1));
        var inner = names.size() == 1 ? document : part(document, names.getFirst());
        var isThere = inner != null && inner.containsKey(names.getLast());
        var value = inner == null ? null : inner.get(names.getLast());
        var shown = path + " of " + document.toJson();

        assertEquals(isThere, field.isThere(), shown);
        assertEquals(value instanceof Number, field.isNumber(), shown);
        assertEquals(value instanceof Number n ? n.longValue() : 0, field.integer(), shown);
        assertEquals(value instanceof Number n ? n.doubleValue() : Double.NaN, field.decimal());
        assertEquals(value instanceof String text ? text : null, field.text(), shown);
        assertEquals(value instanceof List<?> list ? texts(list) : null, field.texts(), shown);
    }

    private static List<Object> texts(List<?> list) {
        return list.stream().filter(String.class::isInstance).<Object>map(some -> some).toList();
    }

    private static @Nullable Document part(Document document, String name) {
        return document.get(name) instanceof Document part ? part : null;
    }

    private static Document document(Random random, int depth) {
        var names = new ArrayList<>(NAMES);
        Collections.shuffle(names, random);
        var document = new Document();
        for (var name : names.subList(0, random.nextInt(NAMES.size() + 1))) {
            document.append(name, value(random, depth));
        }
        return document;
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth < 2 ? 10 : 8)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt();
            case 2 -> random.nextGaussian() * 1e9;
            case 3 -> "";
            case 4 -> "text-" + random.nextInt(20_000);
            case 5 -> new BsonDateTime(random.nextInt());
            case 6 -> random.nextBoolean();
            case 7 -> null;
            case 8 -> document(random, depth + 1);
            default -> Arrays.asList("x", value(random, 2), "größe");
        };
    }

    @Test
    void theSameTextIsTheSameObject() {
        var team = fields.field("team");
        var user = fields.field("user");

        fields.read(raw(new Document("team", "red").append("user", "ann")));
        var first = team.text();
        fields.read(raw(new Document("user", "red").append("team", "blue")));

        assertSame(first, user.text());
        assertEquals("blue", team.text());
        fields.read(raw(new Document()));
        assertNull(team.text());
        assertFalse(user.isThere());
    }

    @Test
    void whatFollowsASignIsReadAlone() {
        var id = fields.field("_id");
        var expected =
                Map.of("28|gpu|x", "gpu|x", "28|", "", "none", "none", "", "", "1|größe", "größe");

        expected.forEach(
                (written, read) -> {
                    fields.read(raw(new Document("_id", written)));
                    assertEquals(read, id.textAfter('|'));
                });
        fields.read(raw(new Document("_id", 1L)));
        assertThrows(IllegalStateException.class, () -> id.textAfter('|'));
    }

    @Test
    void countsAreReadByTheirNumbers() {
        var bins = fields.field("latency.bins");
        var read = new TreeMap<Integer, Long>();

        fields.read(
                raw(
                        new Document(
                                "latency",
                                new Document(
                                        "bins",
                                        new Document("7", 1L).append("292", 5).append("0", 2.0)))));
        bins.forEachCount(read::put);
        fields.read(raw(new Document("latency", 3)));
        bins.forEachCount((number, count) -> assertTrue(false, number + " has " + count));

        assertEquals(Map.of(0, 2L, 7, 1L, 292, 5L), read);
    }

    @Test
    void aTypeThatNoRollupHasIsNamed() {
        fields.field("a");
        var document = raw(new Document("b", new Decimal128(1)));

        var refused = assertThrows(IllegalStateException.class, () -> fields.read(document));

        assertEquals(
                "a stored value has type 19 of BSON, which no rollup has",
                Objects.requireNonNull(refused.getMessage()));
    }

    /** In the middle of an array, as the driver hands documents of one answer over. */
    private static RawBsonDocument raw(Document document) {
        var alone =
                new RawBsonDocument(
                        document, new DocumentCodec(MongoClientSettings.getDefaultCodecRegistry()));
        var bytes = new byte[alone.getByteBuffer().remaining()];
        alone.getByteBuffer().get(bytes);
        var among = new byte[bytes.length + 7];
        Arrays.fill(among, (byte) 3);
        System.arraycopy(bytes, 0, among, 5, bytes.length);
        return new RawBsonDocument(among, 5, bytes.length);
    }
}
