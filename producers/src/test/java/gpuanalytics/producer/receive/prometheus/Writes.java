package gpuanalytics.producer.receive.prometheus;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.xerial.snappy.Snappy;

/** Requests of remote write as Prometheus makes them. */
public final class Writes {

    private final ByteArrayOutputStream request = new ByteArrayOutputStream();

    /** Writes a message. */
    private interface Message {
        void to(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Message message) {
        try (var bytes = new ByteArrayOutputStream()) {
            var out = CodedOutputStream.newInstance(bytes);
            message.to(out);
            out.flush();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a series with one sample. */
    public Writes add(String name, Map<String, String> labels, long millis, double value) {
        var series =
                message(
                        out -> {
                            out.writeByteArray(1, label("__name__", name));
                            for (var each : labels.entrySet()) {
                                out.writeByteArray(1, label(each.getKey(), each.getValue()));
                            }
                            out.writeByteArray(2, sample(millis, value));
                            // an exemplar
                            out.writeByteArray(3, new byte[0]);
                        });
        request.writeBytes(message(out -> out.writeByteArray(1, series)));
        return this;
    }

    private static byte[] label(String name, String value) {
        return message(
                out -> {
                    out.writeString(1, name);
                    out.writeString(2, value);
                });
    }

    private static byte[] sample(long millis, double value) {
        return message(
                out -> {
                    out.writeDouble(1, value);
                    out.writeInt64(2, millis);
                });
    }

    /** The request, with metadata at its end. */
    public byte[] bytes() {
        var all = new ByteArrayOutputStream();
        all.writeBytes(request.toByteArray());
        all.writeBytes(message(out -> out.writeByteArray(3, new byte[] {8, 1})));
        return all.toByteArray();
    }

    /** The same as it travels. */
    public byte[] compressed() {
        try {
            return Snappy.compress(bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
