package gpuanalytics.processor.budget;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.budget.BudgetConfig.Hook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells messages by POST, signed as the Standard Webhooks specification says: {@code
 * webhook-signature} is {@code v1,} and the HMAC-SHA256 of id, seconds and body with dots between,
 * in Base64. The id is the same in every attempt, so that who is told twice can know it.
 */
final class Webhook implements AutoCloseable {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int FIRST_SUCCESS = 200;
    private static final int FIRST_OTHER = 300;

    private final Hook hook;
    private final HttpClient client;

    Webhook(Hook hook) {
        this.hook = hook;
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(hook.timeout())
                        .build();
    }

    /** Whether the message was taken. */
    boolean send(String id, String message, Instant now) throws InterruptedException {
        var messageId = UUID.nameUUIDFromBytes(id.getBytes(UTF_8)).toString();
        var seconds = Long.toString(now.getEpochSecond());
        var request =
                HttpRequest.newBuilder(URI.create(hook.url().reveal()))
                        .timeout(hook.timeout())
                        .header("content-type", "application/json")
                        .header("webhook-id", messageId)
                        .header("webhook-timestamp", seconds)
                        .header("webhook-signature", signature(messageId, seconds, message))
                        .POST(HttpRequest.BodyPublishers.ofString(message))
                        .build();
        try {
            var response = client.send(request, BodyHandlers.ofInputStream());
            // not read: whoever never ends it would hold up all budgets
            response.body().close();
            int status = response.statusCode();
            return status >= FIRST_SUCCESS && status < FIRST_OTHER;
        } catch (IOException ignored) {
            return false; // whoever calls counts it and tries again
        }
    }

    private String signature(String id, String seconds, String message) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(hook.secret().reveal().getBytes(UTF_8), ALGORITHM));
            var signed = mac.doFinal("%s.%s.%s".formatted(id, seconds, message).getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(signed);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
