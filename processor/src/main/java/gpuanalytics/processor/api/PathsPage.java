package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.service.http.Resource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** The page at {@code /api}: what there is, with links. Its own style is all that it may load. */
final class PathsPage {

    static final String RESOURCE = "gpuanalytics/processor/api/paths.html";

    private PathsPage() {}

    static Map<String, String> headers() {
        var page = new String(Resource.read(RESOURCE), UTF_8);
        var start = page.indexOf("<style>") + "<style>".length();
        var style = page.substring(start, page.indexOf("</style>"));
        return Map.of(
                "content-security-policy",
                "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                        .formatted(sha256(style)));
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
