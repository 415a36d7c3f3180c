package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Attributes in the bytes of a request: of those of {@link GenAiName} the values. */
final class AttributeBytes {

    private static final int MESSAGE = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int KEY = KeyValue.KEY_FIELD_NUMBER << 3 | MESSAGE;
    private static final int VALUE = KeyValue.VALUE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int STRING = AnyValue.STRING_VALUE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int BOOL =
            AnyValue.BOOL_VALUE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int INT =
            AnyValue.INT_VALUE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int DOUBLE =
            AnyValue.DOUBLE_VALUE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64;
    private static final int ARRAY = AnyValue.ARRAY_VALUE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int LIST = AnyValue.KVLIST_VALUE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int BYTES = AnyValue.BYTES_VALUE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int INDEX =
            AnyValue.STRING_VALUE_STRINDEX_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;

    private static final int NO_NAME_YET = -2;
    private static final char MAYBE_NO_TEXT = '\uFFFD';

    private final byte[] bytes;
    private final CodedInputStream in;

    /** The texts last read, by place: most often the next item says the same. */
    private final @Nullable String[] texts = new @Nullable String[GenAiName.ALL.size()];

    /** Whether the attribute that is being read is for protobuf to make something of. */
    private boolean isOdd;

    private final int[] textsFrom = new int[GenAiName.ALL.size()];
    private final int[] textsTo = new int[GenAiName.ALL.size()];

    /**
     * @param in reads the bytes from their beginning on
     */
    AttributeBytes(byte[] bytes, CodedInputStream in) {
        this.bytes = bytes;
        this.in = in;
    }

    /** Reads one, the length of which comes first, into the values by place. */
    void read(@Nullable Object[] known) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        int from = in.getTotalBytesRead();
        int length = in.getBytesUntilLimit();
        int place = NO_NAME_YET;
        Object value = Attributes.OTHER;
        isOdd = false;
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == KEY && place == NO_NAME_YET) {
                place = place();
            } else if (tag == VALUE && place >= 0) {
                value = value(place, value);
            } else {
                // a name that comes after its value, or again
                isOdd |= tag == KEY || (tag == VALUE && place == NO_NAME_YET);
                SpanBytes.skip(in, tag);
            }
        }
        in.popLimit(outer);
        if (isOdd) {
            readOdd(known, from, length);
        } else if (place >= 0) {
            known[place] = value;
        }
    }

    /** What protobuf makes of it. */
    private void readOdd(@Nullable Object[] known, int from, int length) throws IOException {
        var whole = KeyValue.parser().parseFrom(bytes, from, length);
        var name = whole.getKeyBytes().toByteArray();
        int place = NamePlaces.of(name, 0, name.length);
        if (place >= 0) {
            known[place] = Attributes.plain(whole.getValue());
        }
    }

    private int place() throws IOException {
        int length = textLength();
        int place = NamePlaces.of(bytes, in.getTotalBytesRead(), length);
        in.skipRawBytes(length);
        return place;
    }

    /** A value; where it is said in parts, the last one that says something counts. */
    private Object value(int place, Object before) throws IOException {
        Object value = before;
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            switch (tag) {
                case STRING -> value = text(place);
                case BOOL -> value = in.readBool();
                case INT -> value = in.readInt64();
                case DOUBLE -> value = in.readDouble();
                case ARRAY, LIST, BYTES, INDEX -> {
                    // an array in parts is one array
                    isOdd |= tag == ARRAY;
                    value = Attributes.OTHER;
                    SpanBytes.skip(in, tag);
                }
                default -> SpanBytes.skip(in, tag);
            }
        }
        in.popLimit(outer);
        return value;
    }

    private int textLength() throws IOException {
        int length = in.readRawVarint32();
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw new InvalidProtocolBufferException("a text is longer than what it is in");
        }
        return length;
    }

    private String text(int place) throws IOException {
        int length = textLength();
        int from = in.getTotalBytesRead();
        int to = from + length;
        in.skipRawBytes(length);
        var last = texts[place];
        if (last != null
                && Arrays.equals(bytes, from, to, bytes, textsFrom[place], textsTo[place])) {
            return last;
        }
        var text = new String(bytes, from, length, UTF_8);
        if (text.indexOf(MAYBE_NO_TEXT) >= 0) {
            requireText(from, length);
        }
        texts[place] = text;
        textsFrom[place] = from;
        textsTo[place] = to;
        return text;
    }

    private void requireText(int from, int length) throws InvalidProtocolBufferException {
        try {
            var _ = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
        } catch (CharacterCodingException e) {
            throw new InvalidProtocolBufferException("a text is not UTF-8");
        }
    }
}
