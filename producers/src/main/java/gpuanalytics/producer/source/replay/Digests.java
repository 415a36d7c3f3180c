package gpuanalytics.producer.source.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Identities made of content: the first 64 bits of its SHA-256, in hexadecimal. */
final class Digests {

    private static final int ID_CHARS = 16;

    private Digests() {}

    static String idOf(String text) {
        return id(sha256().digest(text.getBytes(UTF_8)));
    }

    /** The identity of all that a stream holds; closes it. */
    static String idOf(InputStream content) throws IOException {
        try (var stream = new DigestInputStream(content, sha256())) {
            stream.transferTo(OutputStream.nullOutputStream());
            return id(stream.getMessageDigest().digest());
        }
    }

    private static String id(byte[] digest) {
        return HexFormat.of().formatHex(digest).substring(0, ID_CHARS);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
