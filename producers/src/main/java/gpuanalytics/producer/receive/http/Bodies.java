package gpuanalytics.producer.receive.http;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.service.http.ByteBudget;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * Bodies as they were before they were compressed. What a body decompresses to has the limit that
 * it has itself, and counts with what is under way.
 */
final class Bodies {

    private static final int CHUNK_BYTES = 16 * 1024;

    private final int maxBytes;
    private final ByteBudget budget;

    Bodies(int maxBytes, ByteBudget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** Makes an answer of a body. */
    interface Use<T> {
        T of(byte[] body) throws BadRequestException, InterruptedException;
    }

    /**
     * Lets a body be used that is decompressed for as long.
     *
     * @throws ProblemException where it is compressed in another way, or too large
     * @throws BadRequestException where it is not what it says
     */
    <T> T use(Endpoint.Request request, Use<T> use)
            throws BadRequestException, InterruptedException {
        var encoding =
                request.headers()
                        .getOrDefault("content-encoding", "identity")
                        .strip()
                        .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "identity", "" -> use.of(request.body());
            case "gzip", "x-gzip" -> useDecompressed(request.body(), use);
            default ->
                    throw new ProblemException(
                            Problem.of(
                                    415,
                                    "unsupported-encoding",
                                    "Content-Encoding is not known, expected gzip or identity"));
        };
    }

    private <T> T useDecompressed(byte[] body, Use<T> use)
            throws BadRequestException, InterruptedException {
        long held = 0;
        try (var in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            var out = new ByteArrayOutputStream();
            var chunk = new byte[CHUNK_BYTES];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (out.size() + read > maxBytes) {
                    throw new ProblemException(tooLarge());
                }
                if (!budget.take(read)) {
                    throw new ProblemException(full());
                }
                held += read;
                out.write(chunk, 0, read);
            }
            return use.of(out.toByteArray());
        } catch (IOException e) {
            throw new BadRequestException(
                    "body is no gzip, as its Content-Encoding says: " + e.getMessage());
        } finally {
            budget.give(held);
        }
    }

    /**
     * Lets a body be used that is one block of Snappy, which says first how long it becomes.
     *
     * @throws ProblemException where it is compressed in another way, or too large
     * @throws BadRequestException where it is not what it says
     */
    <T> T useSnappy(Endpoint.Request request, Use<T> use)
            throws BadRequestException, InterruptedException {
        var encoding = request.headers().getOrDefault("content-encoding", "").strip();
        if (!encoding.equalsIgnoreCase("snappy")) {
            throw new ProblemException(
                    Problem.of(
                            415,
                            "unsupported-encoding",
                            "Content-Encoding is not known, expected snappy"));
        }
        long length = SnappyBlock.length(request.body());
        if (length > maxBytes) {
            throw new ProblemException(tooLarge());
        }
        if (!budget.take(length)) {
            throw new ProblemException(full());
        }
        try {
            return use.of(SnappyBlock.decompressed(request.body(), (int) length));
        } finally {
            budget.give(length);
        }
    }

    private Problem tooLarge() {
        return Problem.of(
                413,
                "body-too-large",
                "body is longer when it is decompressed, expected at most %d bytes"
                        .formatted(maxBytes));
    }

    private static Problem full() {
        return Problem.tooBusy("the requests under way hold as many bytes as they may together");
    }
}
