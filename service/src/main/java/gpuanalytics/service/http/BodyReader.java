package gpuanalytics.service.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads the body of a request, as far as it may go. Used on the event loop. */
final class BodyReader {

    private final HttpServerRequest request;
    private final int maxBytes;
    private final Consumer<byte[]> whole;
    private final Consumer<Problem> refused;
    private final Buffer body = Buffer.buffer();
    private boolean tooLarge;

    private BodyReader(
            HttpServerRequest request,
            int maxBytes,
            Consumer<byte[]> whole,
            Consumer<Problem> refused) {
        this.request = request;
        this.maxBytes = maxBytes;
        this.whole = whole;
        this.refused = refused;
    }

    /**
     * Reads; calls one of the two, or neither where the client goes before its body has ended.
     *
     * @param whole takes the body
     * @param refused takes the problem of a body that is too large
     */
    static void read(
            HttpServerRequest request,
            int maxBytes,
            Consumer<byte[]> whole,
            Consumer<Problem> refused) {
        new BodyReader(request, maxBytes, whole, refused).read();
    }

    private void read() {
        var announced = request.getHeader("content-length");
        if (announced != null && isMoreThan(announced, maxBytes)) {
            // what comes of it nevertheless is discarded
            refused.accept(tooLarge(announced + " bytes"));
            return;
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader("expect"))) {
            var _ = request.response().writeContinue();
        }
        request.handler(this::take);
        request.endHandler(
                _ -> {
                    if (!tooLarge) {
                        whole.accept(body.getBytes());
                    }
                });
    }

    private void take(Buffer part) {
        if (tooLarge) {
            return;
        }
        if (body.length() + part.length() > maxBytes) {
            tooLarge = true;
            refused.accept(tooLarge("longer"));
            return;
        }
        body.appendBuffer(part);
    }

    private Problem tooLarge(String value) {
        return Problem.of(
                413,
                "body-too-large",
                Problem.isInsteadOf("body", value, "at most %d bytes".formatted(maxBytes)));
    }

    /** The server has refused what is no number; a number may have any length. */
    private static boolean isMoreThan(String number, int limit) {
        var digits = number.strip().replaceFirst("^0+(?=.)", "");
        return digits.length() > 10 || Long.parseLong(digits) > limit;
    }
}
