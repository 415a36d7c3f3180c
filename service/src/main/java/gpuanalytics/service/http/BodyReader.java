package gpuanalytics.service.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads the body of a request, as far as it may go. Used on the event loop. */
final class BodyReader {

    private final HttpServerRequest request;
    private final int maxBytes;
    private final ByteBudget budget;
    private final Consumer<byte[]> whole;
    private final Consumer<Problem> refused;
    private final Buffer body = Buffer.buffer();
    private long held;
    private boolean abandoned;

    /**
     * @param budget what all bodies under way may hold
     * @param whole takes the body
     * @param refused takes the problem of a body that is not taken
     */
    BodyReader(
            HttpServerRequest request,
            int maxBytes,
            ByteBudget budget,
            Consumer<byte[]> whole,
            Consumer<Problem> refused) {
        this.request = request;
        this.maxBytes = maxBytes;
        this.budget = budget;
        this.whole = whole;
        this.refused = refused;
    }

    /** Gives back what the body holds: its request has ended, what still comes is discarded. */
    void release() {
        abandoned = true;
        budget.give(held);
        held = 0;
    }

    /**
     * Reads; one of the two is told, or neither where the client goes before its body has ended.
     */
    void read() {
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
                    if (!abandoned) {
                        whole.accept(body.getBytes());
                    }
                });
    }

    private void take(Buffer part) {
        if (abandoned) {
            return;
        }
        if (body.length() + part.length() > maxBytes) {
            abandon(tooLarge("longer"));
        } else if (budget.take(part.length())) {
            held += part.length();
            body.appendBuffer(part);
        } else {
            abandon(
                    Problem.tooBusy(
                            "the requests under way hold as many bytes as they may together"));
        }
    }

    /** The body is given up; what comes of it nevertheless is discarded. */
    private void abandon(Problem problem) {
        abandoned = true;
        refused.accept(problem);
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
