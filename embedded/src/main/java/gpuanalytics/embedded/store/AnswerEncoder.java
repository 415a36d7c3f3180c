package gpuanalytics.embedded.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.OpCode;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers ({@code OP_MSG}); {@link PassedDocument} as it is, all else as the library. */
final class AnswerEncoder extends MessageToByteEncoder<MongoMessage> {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerEncoder.class);

    private static final int DOCUMENT = 0x03;
    private static final int ARRAY = 0x04;

    @Override
    protected void encode(ChannelHandlerContext context, MongoMessage message, ByteBuf out) {
        out.writeIntLE(0);
        out.writeIntLE(message.getHeader().getRequestID());
        out.writeIntLE(message.getHeader().getResponseTo());
        out.writeIntLE(OpCode.OP_MSG.getId());
        out.writeIntLE(message.getFlags());
        out.writeByte(MongoMessage.SECTION_KIND_BODY);
        try {
            encode(message.getDocument(), out);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("an answer cannot be written");
            // who waits for it would wait forever
            var _ = context.channel().close();
            throw e;
        }
        out.setIntLE(0, out.writerIndex());
    }

    private static void encode(Document document, ByteBuf out) {
        var passed = PassedDocument.bytes(document);
        if (passed != null) {
            out.writeBytes(passed);
            return;
        }
        int start = begin(out);
        for (Map.Entry<String, Object> field : document.entrySet()) {
            encode(field.getKey(), field.getValue(), out);
        }
        end(start, out);
    }

    private static void encode(Collection<?> array, ByteBuf out) {
        int start = begin(out);
        int number = 0;
        for (var element : array) {
            encode(Integer.toString(number++), element, out);
        }
        end(start, out);
    }

    private static void encode(String name, @Nullable Object value, ByteBuf out) {
        switch (value) {
            case Document document -> {
                name(DOCUMENT, name, out);
                encode(document, out);
            }
            case Collection<?> array -> {
                name(ARRAY, name, out);
                encode(array, out);
            }
            case null, default -> {
                byte type = BsonEncoder.determineType(value);
                name(type, name, out);
                BsonEncoder.encodeValue(type, value, out);
            }
        }
    }

    private static void name(int type, String name, ByteBuf out) {
        out.writeByte(type);
        out.writeCharSequence(name, UTF_8);
        out.writeByte(0);
    }

    private static int begin(ByteBuf out) {
        int start = out.writerIndex();
        out.writeIntLE(0);
        return start;
    }

    private static void end(int start, ByteBuf out) {
        out.writeByte(0);
        out.setIntLE(start, out.writerIndex() - start);
    }
}
