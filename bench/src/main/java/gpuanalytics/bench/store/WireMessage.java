package gpuanalytics.bench.store;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonBinaryReader;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonType;
import org.bson.ByteBufNIO;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.io.ByteBufferBsonInput;
import org.jspecify.annotations.Nullable;

/**
 * A request in MongoDB's wire protocol: its command, and the documents beside it.
 *
 * @param requestId what the answer refers to
 * @param legacy whether it is an OP_QUERY, as in a driver's first word
 * @param wantsReply false where the sender has said that it waits for nothing
 * @param bytes how many bytes it has, without its head
 * @param command the command itself
 * @param sequence the documents that it brings; null where there are none
 */
record WireMessage(
        int requestId,
        boolean legacy,
        boolean wantsReply,
        int bytes,
        RawBsonDocument command,
        @Nullable Sequence sequence) {

    private static final int OP_REPLY = 1;
    private static final int OP_QUERY = 2004;
    private static final int OP_MSG = 2013;
    private static final int HEADER_BYTES = 16;
    private static final int CHECKSUM_PRESENT = 1;
    private static final int MORE_TO_COME = 2;
    private static final int AWAIT_CAPABLE = 8;

    /** MongoDB's own limit. */
    static final int MAX_BYTES = 48_000_000;

    /** The arrays of a command that hold what is written, where that does not stand beside it. */
    private static final Set<String> WRITTEN = Set.of("documents", "updates", "deletes", "ops");

    /**
     * The documents of a write, in the reader's buffer: valid until the next message is read.
     *
     * @param bytes the message
     * @param starts where in it they begin
     */
    record Sequence(ByteBuffer bytes, IntBuffer starts) {

        int count() {
            return starts.limit();
        }

        RawBsonDocument document(int number) {
            int at = starts.get(number);
            var copy = new byte[bytes.getInt(at)];
            bytes.get(at, copy);
            return new RawBsonDocument(copy);
        }
    }

    /** Reads messages of one connection into a buffer that grows to the largest. */
    static final class Reader {

        private final DataInputStream in;
        private final ByteBuffer header =
                ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private byte[] buffer = new byte[64 << 10];
        private int length;

        Reader(DataInputStream in) {
            this.in = in;
        }

        /** The next message; null when the other side has closed. */
        @Nullable WireMessage next() throws IOException {
            try {
                in.readFully(header.array());
            } catch (EOFException _) {
                return null;
            }
            length = header.getInt(0) - HEADER_BYTES;
            if (length < 0 || length > MAX_BYTES) {
                throw new IOException(
                        "message of %d bytes, expected at most %d".formatted(length, MAX_BYTES));
            }
            if (buffer.length < length) {
                buffer = new byte[Math.max(length, buffer.length * 2)];
            }
            in.readFully(buffer, 0, length);
            var body = ByteBuffer.wrap(buffer, 0, length).order(ByteOrder.LITTLE_ENDIAN);
            int operation = header.getInt(12);
            return switch (operation) {
                case OP_MSG -> message(header.getInt(4), body);
                case OP_QUERY -> query(header.getInt(4), body);
                default ->
                        throw new IOException(
                                "operation %d, expected OP_MSG or OP_QUERY".formatted(operation));
            };
        }

        /** Writes the latest message as it came. */
        void copyTo(OutputStream out) throws IOException {
            out.write(header.array());
            out.write(buffer, 0, length);
            out.flush();
        }
    }

    private static WireMessage message(int requestId, ByteBuffer body) throws IOException {
        int flags = body.getInt();
        if ((flags & CHECKSUM_PRESENT) != 0) {
            body.limit(body.limit() - Integer.BYTES);
        }
        RawBsonDocument command = null;
        Sequence sequence = null;
        while (body.hasRemaining()) {
            int kind = body.get();
            if (kind == 0) {
                sequence = inside(body);
                command = document(body);
            } else {
                sequence = sequence(body);
            }
        }
        if (command == null) {
            throw new IOException("message without a command");
        }
        return new WireMessage(
                requestId, false, (flags & MORE_TO_COME) == 0, body.limit(), command, sequence);
    }

    private static WireMessage query(int requestId, ByteBuffer body) {
        body.getInt();
        skipText(body);
        body.getLong();
        return new WireMessage(requestId, true, true, body.limit(), document(body), null);
    }

    /** In the reader's buffer: valid until the next message is read. */
    private static RawBsonDocument document(ByteBuffer body) {
        int from = body.position();
        int length = body.getInt(from);
        body.position(from + length);
        return new RawBsonDocument(body.array(), body.arrayOffset() + from, length);
    }

    private static Sequence sequence(ByteBuffer body) {
        int end = body.position() + body.getInt(body.position());
        body.getInt();
        skipText(body);
        var starts = IntStream.builder();
        for (int at = body.position(); at < end; at += body.getInt(at)) {
            starts.add(at);
        }
        body.position(end);
        return new Sequence(body, IntBuffer.wrap(starts.build().toArray()));
    }

    /** What a command brings inside; the contents are gone over, not read. */
    private static @Nullable Sequence inside(ByteBuffer body) {
        int from = body.position();
        var command = body.slice(from, body.getInt(from)).order(ByteOrder.LITTLE_ENDIAN);
        var in = new ByteBufferBsonInput(new ByteBufNIO(command));
        try (var reader = new BsonBinaryReader(in)) {
            reader.readStartDocument();
            while (reader.readBsonType() != BsonType.END_OF_DOCUMENT) {
                var name = reader.readName();
                if (reader.getCurrentBsonType() == BsonType.ARRAY && WRITTEN.contains(name)) {
                    return new Sequence(body, starts(reader, in, from));
                }
                reader.skipValue();
            }
        }
        return null;
    }

    private static IntBuffer starts(BsonBinaryReader array, ByteBufferBsonInput in, int from) {
        var starts = IntStream.builder();
        array.readStartArray();
        while (array.readBsonType() != BsonType.END_OF_DOCUMENT) {
            starts.add(from + in.getPosition());
            array.skipValue();
        }
        return IntBuffer.wrap(starts.build().toArray());
    }

    private static void skipText(ByteBuffer body) {
        while (body.get() != 0) {
            // up to the end of the text
        }
    }

    /** Answers this message. */
    void answer(OutputStream out, BsonDocument reply) throws IOException {
        try (var buffer = new BasicOutputBuffer(1024)) {
            buffer.writeInt32(0);
            buffer.writeInt32(0);
            buffer.writeInt32(requestId);
            buffer.writeInt32(legacy ? OP_REPLY : OP_MSG);
            if (legacy) {
                buffer.writeInt32(AWAIT_CAPABLE);
                buffer.writeInt64(0);
                buffer.writeInt32(0);
                buffer.writeInt32(1);
            } else {
                buffer.writeInt32(0);
                buffer.writeByte(0);
            }
            try (var writer = new BsonBinaryWriter(buffer)) {
                new BsonDocumentCodec().encode(writer, reply, EncoderContext.builder().build());
            }
            var bytes = buffer.toByteArray();
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, bytes.length);
            out.write(bytes);
            out.flush();
        }
    }
}
