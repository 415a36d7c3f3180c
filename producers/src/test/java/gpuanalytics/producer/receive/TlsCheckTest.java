package gpuanalytics.producer.receive;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.service.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of TLS that cannot be used, at each door alone. */
class TlsCheckTest {

    private static final String CERTIFICATES = "a file with certificates in PEM";
    private static final String PRIVATE_KEY =
            "a file with a private key in PEM, PKCS #8 and not encrypted (BEGIN PRIVATE KEY)";

    @TempDir static Path directory;

    private static Path certificate;
    private static Path key;

    @BeforeAll
    static void make() throws Exception {
        var made = TestCertificate.in(directory);
        certificate = made.certificate();
        key = made.key();
    }

    private static DoorFixture open(DoorKind kind, Path certificate, Path key) {
        return new DoorFixture(
                "127.0.0.1:1",
                Map.of(
                        "DOORS", kind.label(),
                        "DOOR_TLS_CERT_FILE", certificate.toString(),
                        "DOOR_TLS_KEY_FILE", key.toString()));
    }

    private static void assertRefused(DoorKind kind, Path certificate, Path key, String line) {
        var thrown =
                assertThrows(
                        ConfigurationException.class, () -> open(kind, certificate, key).close());
        assertEquals(List.of(line), thrown.errors());
    }

    private static Path written(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content);
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateAndItsKeyOpenTheDoor(DoorKind kind) {
        assertDoesNotThrow(() -> open(kind, certificate, key).close());
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsNotThere(DoorKind kind) {
        var none = directory.resolve("none.pem");

        assertRefused(
                kind,
                none,
                key,
                "DOOR_TLS_CERT_FILE is %s, expected %s: there is none"
                        .formatted(none, CERTIFICATES));
        assertRefused(
                kind,
                certificate,
                none,
                "DOOR_TLS_KEY_FILE is %s, expected %s: there is none".formatted(none, PRIVATE_KEY));
    }

    @ParameterizedTest
    @EnumSource
    void aFileWithSomethingElse(DoorKind kind) throws Exception {
        for (var content : List.of("", "\0\1\2 no PEM", Files.readString(certificate))) {
            var file = written("no-key.pem", content);
            assertRefused(
                    kind,
                    certificate,
                    file,
                    "DOOR_TLS_KEY_FILE is %s, expected %s".formatted(file, PRIVATE_KEY));
        }
        for (var content : List.of("", "\0\1\2 no PEM", Files.readString(key))) {
            var file = written("no-certificate.pem", content);
            assertRefused(
                    kind,
                    file,
                    key,
                    "DOOR_TLS_CERT_FILE is %s, expected %s".formatted(file, CERTIFICATES));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFileThatIsGarbled(DoorKind kind) throws Exception {
        var cut = written("cut-certificate.pem", withoutItsMiddle(certificate));
        var thrown = assertThrows(ConfigurationException.class, () -> open(kind, cut, key).close());
        assertEquals(1, thrown.errors().size());
        assertEquals(
                "DOOR_TLS_CERT_FILE is %s, expected %s: ".formatted(cut, CERTIFICATES),
                thrown.errors().getFirst().replaceFirst("PEM: .+", "PEM: "));

        var cutKey = written("cut-key.pem", withoutItsMiddle(key));
        assertRefused(
                kind,
                certificate,
                cutKey,
                "DOOR_TLS_KEY_FILE is %s, expected %s".formatted(cutKey, PRIVATE_KEY));
    }

    private static String withoutItsMiddle(Path pem) throws Exception {
        var lines = Files.readAllLines(pem);
        lines.subList(2, lines.size() - 2).clear();
        return String.join("\n", lines);
    }

    @ParameterizedTest
    @EnumSource
    void theKeyOfAnotherCertificate(DoorKind kind) throws Exception {
        var other = TestCertificate.in(Files.createDirectories(directory.resolve("of-" + kind)));

        assertRefused(
                kind,
                certificate,
                other.key(),
                "DOOR_TLS_KEY_FILE is %s, expected the key of the certificate in DOOR_TLS_CERT_FILE (%s)"
                        .formatted(other.key(), certificate));
    }
}
