package gpuanalytics.producer.receive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.http.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Looks at the files of the doors' TLS before a door does: each kind of door would say in its own
 * way what is wrong, and that a key is another certificate's only to its clients.
 */
public final class TlsCheck {

    private static final String CERTIFICATE = "DOOR_TLS_CERT_FILE";
    private static final String KEY = "DOOR_TLS_KEY_FILE";
    private static final String CERTIFICATES = "a file with certificates in PEM";
    private static final String PRIVATE_KEY =
            "a file with a private key in PEM, PKCS #8 and not encrypted (BEGIN PRIVATE KEY)";

    private static final Pattern KEY_BLOCK =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    /** The kinds of keys that certificates are of, and what signs with each. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final byte[] SIGNED = {1};

    private TlsCheck() {}

    /**
     * Returns where the doors can use the files.
     *
     * @throws ConfigurationException where they cannot, in one line that names the variable
     */
    public static void check(TlsFiles files) {
        var certified = certified(files.certificate());
        var encoded = encodedKey(files.key());
        var key =
                SIGNATURES.keySet().stream()
                        .flatMap(kind -> key(kind, encoded).stream())
                        .findFirst()
                        .orElseThrow(() -> unusable(KEY, files.key(), PRIVATE_KEY, ""));
        if (!fits(key, certified)) {
            throw unusable(
                    KEY,
                    files.key(),
                    "the key of the certificate in %s (%s)"
                            .formatted(CERTIFICATE, files.certificate()),
                    "");
        }
    }

    /** The key that the first certificate is of; the others are of those that signed it. */
    private static PublicKey certified(Path file) {
        var pem = read(CERTIFICATE, file, CERTIFICATES);
        if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
            throw unusable(CERTIFICATE, file, CERTIFICATES, "");
        }
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(ISO_8859_1)))
                    .iterator()
                    .next()
                    .getPublicKey();
        } catch (GeneralSecurityException e) {
            throw unusable(CERTIFICATE, file, CERTIFICATES, ": " + e.getMessage());
        }
    }

    private static byte[] encodedKey(Path file) {
        var block = KEY_BLOCK.matcher(read(KEY, file, PRIVATE_KEY));
        if (!block.find()) {
            throw unusable(KEY, file, PRIVATE_KEY, "");
        }
        return Base64.getMimeDecoder().decode(block.group(1));
    }

    /** The key, where it is of this kind. */
    private static Optional<PrivateKey> key(String kind, byte[] encoded) {
        try {
            return Optional.of(
                    KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    private static boolean fits(PrivateKey key, PublicKey certified) {
        try {
            var signature =
                    Signature.getInstance(
                            Objects.requireNonNull(SIGNATURES.get(key.getAlgorithm())));
            signature.initSign(key);
            signature.update(SIGNED);
            var signed = signature.sign();
            signature.initVerify(certified);
            signature.update(SIGNED);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false; // they are not even of one kind
        }
    }

    private static String read(String variable, Path file, String expected) {
        try {
            return Files.readString(file, ISO_8859_1);
        } catch (NoSuchFileException _) {
            throw unusable(variable, file, expected, ": there is none");
        } catch (IOException e) {
            throw unusable(variable, file, expected, ": it cannot be read: " + e.getMessage());
        }
    }

    private static ConfigurationException unusable(
            String variable, Path file, String expected, String why) {
        return new ConfigurationException(
                List.of("%s is %s, expected %s%s".formatted(variable, file, expected, why)));
    }
}
