package gpuanalytics.processor.dashboard;

import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Body;
import gpuanalytics.service.http.Endpoint;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * One file of the page. A browser keeps it and asks whether it is still the same.
 *
 * @param tag names its content. A weak one: the same content is sent compressed or as it is
 */
record DashboardFile(Answer whole, Answer unchanged, String tag) {

    private static final int TAG_BYTES = 16;

    static DashboardFile of(String contentType, byte[] content) {
        var tag = "W/\"" + HexFormat.of().formatHex(sha256(content), 0, TAG_BYTES) + '"';
        var headers = Map.of("etag", tag, "cache-control", "no-cache");
        return new DashboardFile(
                new Answer(200, contentType, new Body.Bytes(content), headers),
                new Answer(304, contentType, new Body.Bytes(new byte[0]), headers),
                tag);
    }

    /** The file, or that the client has it already. */
    Answer answer(Endpoint.Request request) {
        var known = request.headers().getOrDefault("if-none-match", "");
        return known.contains(tag) || known.equals("*") ? unchanged : whole;
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
