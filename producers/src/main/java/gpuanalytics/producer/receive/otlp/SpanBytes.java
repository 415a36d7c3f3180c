package gpuanalytics.producer.receive.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import gpuanalytics.producer.receive.BadRequestException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The spans in the bytes of a request, without the messages that protobuf would make of all that
 * they hold. What a usage is not made of is passed over, and not looked into.
 */
final class SpanBytes {

    /** Takes spans. */
    interface Sink {
        void take(ReadSpan span) throws BadRequestException;
    }

    /**
     * A span.
     *
     * @param attributes its own over those of its resource
     * @param eventId the identity that it gives its request; null where its ids are none
     * @param startNanos since 1970, unsigned; 0 for none
     * @param endNanos since 1970, unsigned; 0 for none
     * @param isError whether its status says so
     * @param from where it begins in the request
     * @param to where it ends there
     */
    record ReadSpan(
            Attributes attributes,
            @Nullable String eventId,
            long startNanos,
            long endNanos,
            boolean isError,
            int from,
            int to) {}

    private static final int MESSAGE = WireFormat.WIRETYPE_LENGTH_DELIMITED;
    private static final int RESOURCE_SPANS =
            ExportTraceServiceRequest.RESOURCE_SPANS_FIELD_NUMBER << 3 | MESSAGE;
    private static final int RESOURCE = ResourceSpans.RESOURCE_FIELD_NUMBER << 3 | MESSAGE;
    private static final int SCOPE_SPANS = ResourceSpans.SCOPE_SPANS_FIELD_NUMBER << 3 | MESSAGE;
    private static final int SPANS = ScopeSpans.SPANS_FIELD_NUMBER << 3 | MESSAGE;
    private static final int TRACE_ID = Span.TRACE_ID_FIELD_NUMBER << 3 | MESSAGE;
    private static final int SPAN_ID = Span.SPAN_ID_FIELD_NUMBER << 3 | MESSAGE;
    private static final int ATTRIBUTES = Span.ATTRIBUTES_FIELD_NUMBER << 3 | MESSAGE;
    private static final int STATUS = Span.STATUS_FIELD_NUMBER << 3 | MESSAGE;
    private static final int START =
            Span.START_TIME_UNIX_NANO_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64;
    private static final int END =
            Span.END_TIME_UNIX_NANO_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_FIXED64;
    private static final int CODE = Status.CODE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;

    private static final byte[] NO_ID = new byte[0];

    private final byte[] bytes;
    private final CodedInputStream in;
    private final AttributeBytes attributes;
    private final Sink sink;

    private SpanBytes(byte[] bytes, Sink sink) {
        this.bytes = bytes;
        this.in = CodedInputStream.newInstance(bytes);
        this.attributes = new AttributeBytes(bytes, in);
        this.sink = sink;
    }

    /**
     * Reads a request.
     *
     * @throws InvalidProtocolBufferException where it is none; some of its spans may have been
     *     taken
     */
    static void read(byte[] request, Sink sink)
            throws InvalidProtocolBufferException, BadRequestException {
        try {
            new SpanBytes(request, sink).request();
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
    }

    /** Passes over a field. */
    static void skip(CodedInputStream in, int tag) throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("a group ends that has not begun");
        }
    }

    private void request() throws IOException, BadRequestException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == RESOURCE_SPANS) {
                int outer = in.pushLimit(in.readRawVarint32());
                ofResource(resource(in.getTotalBytesRead(), in.getBytesUntilLimit()));
                in.popLimit(outer);
            } else {
                skip(in, tag);
            }
        }
    }

    /** Reads ahead: protobuf does not say that a resource comes before its spans. */
    private Attributes resource(int from, int length) throws IOException {
        var resource = Resource.newBuilder();
        var ahead = CodedInputStream.newInstance(bytes, from, length);
        while (!ahead.isAtEnd()) {
            int tag = ahead.readTag();
            if (tag == RESOURCE) {
                ahead.readMessage(resource, ExtensionRegistryLite.getEmptyRegistry());
            } else {
                skip(ahead, tag);
            }
        }
        return Attributes.of(resource.getAttributesList());
    }

    private void ofResource(Attributes resource) throws IOException, BadRequestException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == SCOPE_SPANS) {
                int outer = in.pushLimit(in.readRawVarint32());
                ofScope(resource);
                in.popLimit(outer);
            } else {
                skip(in, tag);
            }
        }
    }

    private void ofScope(Attributes resource) throws IOException, BadRequestException {
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == SPANS) {
                int outer = in.pushLimit(in.readRawVarint32());
                sink.take(span(resource));
                in.popLimit(outer);
            } else {
                skip(in, tag);
            }
        }
    }

    private ReadSpan span(Attributes resource) throws IOException {
        int from = in.getTotalBytesRead();
        int to = from + in.getBytesUntilLimit();
        @Nullable Object[] known = resource.copyOfKnown();
        var traceId = NO_ID;
        var spanId = NO_ID;
        long start = 0;
        long end = 0;
        int code = 0;
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            switch (tag) {
                case TRACE_ID -> traceId = in.readByteArray();
                case SPAN_ID -> spanId = in.readByteArray();
                case START -> start = in.readFixed64();
                case END -> end = in.readFixed64();
                case ATTRIBUTES -> attributes.read(known);
                case STATUS -> code = code(code);
                default -> skip(in, tag);
            }
        }
        return new ReadSpan(
                resource.withKnown(known),
                GenAiUsage.eventId(traceId, spanId),
                start,
                end,
                code == Status.StatusCode.STATUS_CODE_ERROR_VALUE,
                from,
                to);
    }

    private int code(int before) throws IOException {
        int code = before;
        int outer = in.pushLimit(in.readRawVarint32());
        while (!in.isAtEnd()) {
            int tag = in.readTag();
            if (tag == CODE) {
                code = in.readEnum();
            } else {
                skip(in, tag);
            }
        }
        in.popLimit(outer);
        return code;
    }
}
