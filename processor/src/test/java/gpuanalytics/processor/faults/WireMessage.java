package gpuanalytics.processor.faults;

import gpuanalytics.processor.faults.FaultyStore.Command;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One message of MongoDB's wire protocol. Layout of OP_MSG: length, request id, answer to, opcode
 * 2013, flags (all int32), then sections: 0 and a document, or 1, a length, a name and documents.
 */
final class WireMessage {

    private static final int OP_MSG = 2013;
    private static final int HEADER_BYTES = 16;
    private static final int MAX_BYTES = 64 << 20;

    private final byte[] bytes;
    private final BsonDocument body = new BsonDocument();
    private final List<RawBsonDocument> sequence = new ArrayList<>();
    private String sequenceName = "";

    private WireMessage(byte[] bytes) {
        this.bytes = bytes;
        if (opcode() == OP_MSG) {
            parse();
        }
    }

    static WireMessage read(DataInputStream in) throws IOException {
        int length = Integer.reverseBytes(in.readInt());
        if (length < HEADER_BYTES || length > MAX_BYTES) {
            throw new IOException("a message of " + length + " bytes");
        }
        var bytes =
                ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array();
        in.readFully(bytes, Integer.BYTES, length - Integer.BYTES);
        return new WireMessage(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    BsonDocument body() {
        return body;
    }

    /** How many documents or updates it brings. */
    int documents() {
        return sequence.size();
    }

    /** The command; null for a message of an older kind. */
    @Nullable Command command() {
        if (opcode() != OP_MSG) {
            return null;
        }
        var name = body.getFirstKey();
        var of = body.get(name);
        return new Command(
                name,
                of != null && of.isString() ? of.asString().getValue() : "",
                name.equals("find")
                        ? asked()
                        : sequence.stream().map(WireMessage::identity).toList());
    }

    /** The identities that a question is for; none where it asks for others. */
    private List<String> asked() {
        return body.get("filter") instanceof BsonDocument filter
                        && filter.get("_id") instanceof BsonDocument id
                        && id.get("$in") instanceof BsonArray identities
                ? identities.stream().map(each -> each.asString().getValue()).toList()
                : List.of();
    }

    /** The identity of a document, or of what an update is for; empty where it is no string. */
    private static String identity(RawBsonDocument brought) {
        var update = brought.get("q");
        var id = (update == null ? brought : update.asDocument()).get("_id");
        return id != null && id.isString() ? id.asString().getValue() : "";
    }

    /** The same without some of its documents. */
    WireMessage without(Set<Integer> indexes) {
        var kept = new ArrayList<RawBsonDocument>();
        for (int i = 0; i < sequence.size(); i++) {
            if (!indexes.contains(i)) {
                kept.add(sequence.get(i));
            }
        }
        return of(littleEndian().getInt(4), 0, body, sequenceName, kept);
    }

    /** An answer to this. */
    WireMessage answer(BsonDocument answer) {
        return of(0, littleEndian().getInt(4), answer, "", List.of());
    }

    private int opcode() {
        return littleEndian().getInt(12);
    }

    private ByteBuffer littleEndian() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void parse() {
        var in = littleEndian().position(HEADER_BYTES + Integer.BYTES);
        boolean checksum = (in.getInt(HEADER_BYTES) & 1) != 0;
        int end = bytes.length - (checksum ? Integer.BYTES : 0);
        while (in.position() < end) {
            if (in.get() == 0) {
                document(in).forEach(body::append);
                continue;
            }
            int sectionEnd = in.position() + in.getInt(in.position());
            in.position(in.position() + Integer.BYTES);
            sequenceName = name(in);
            while (in.position() < sectionEnd) {
                sequence.add(document(in));
            }
        }
        // Small writes may have their documents in the body.
        for (var inBody : List.of("documents", "updates")) {
            if (sequence.isEmpty() && body.get(inBody) != null && body.get(inBody).isArray()) {
                sequenceName = inBody;
                body.getArray(inBody).forEach(each -> sequence.add(raw(each.asDocument())));
                body.remove(inBody);
            }
        }
    }

    private static RawBsonDocument document(ByteBuffer in) {
        int length = in.getInt(in.position());
        var document = new byte[length];
        in.get(document);
        return new RawBsonDocument(document);
    }

    private static String name(ByteBuffer in) {
        var name = new ByteArrayOutputStream();
        for (byte b = in.get(); b != 0; b = in.get()) {
            name.write(b);
        }
        return name.toString(StandardCharsets.UTF_8);
    }

    private static RawBsonDocument raw(BsonDocument document) {
        var out = new BasicOutputBuffer();
        try (var writer = new BsonBinaryWriter(out)) {
            new BsonDocumentCodec().encode(writer, document, EncoderContext.builder().build());
        }
        return new RawBsonDocument(out.toByteArray());
    }

    private static WireMessage of(
            int requestId,
            int answerTo,
            BsonDocument body,
            String sequenceName,
            List<RawBsonDocument> sequence) {
        var out = new ByteArrayOutputStream();
        out.write(0);
        out.writeBytes(raw(body).getByteBuffer().array());
        if (!sequence.isEmpty()) {
            var documents = new ByteArrayOutputStream();
            documents.writeBytes(sequenceName.getBytes(StandardCharsets.UTF_8));
            documents.write(0);
            for (var document : sequence) {
                var buffer = document.getByteBuffer().asNIO();
                var copy = new byte[buffer.remaining()];
                buffer.get(copy);
                documents.writeBytes(copy);
            }
            out.write(1);
            out.writeBytes(int32(documents.size() + Integer.BYTES));
            out.writeBytes(documents.toByteArray());
        }
        var length = HEADER_BYTES + Integer.BYTES + out.size();
        var message =
                ByteBuffer.allocate(length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(length)
                        .putInt(requestId)
                        .putInt(answerTo)
                        .putInt(OP_MSG)
                        .putInt(0)
                        .put(out.toByteArray());
        return new WireMessage(message.array());
    }

    private static byte[] int32(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
