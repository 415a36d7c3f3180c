package gpuanalytics.service.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeAdmissionTest {

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost", "localhost:8080", "127.0.0.1:8080", "127.1.2.3", "[::1]:1"})
    void onLoopbackEverybodyOnTheMachineMayChangeSomething(String host) throws Exception {
        var admission = admission("127.0.0.1", Optional.empty());

        assertDoesNotThrow(() -> admission.check(Map.of("host", host)));
        assertDoesNotThrow(() -> admission.check(Map.of()));
        assertDoesNotThrow(() -> admission.check(Map.of("host", host, "origin", "http://" + host)));
    }

    @Test
    void aPageOfAnotherOriginOrUnderAnotherNameMayNot() throws Exception {
        var admission = admission("127.0.0.1", Optional.empty());

        assertEquals(
                "403 Origin is https://grafana.example, expected none or this server's own",
                refused(
                        admission,
                        Map.of("host", "localhost:8080", "origin", "https://grafana.example")));
        assertEquals(
                "403 Host is rebound.example, expected localhost or 127.0.0.1 for changes where"
                        + " TOKENS is not set",
                refused(admission, Map.of("host", "rebound.example")));
    }

    @Test
    void beyondLoopbackNobodyMayWithoutTokens() throws Exception {
        assertEquals(
                "403 HTTP_HOST is 0.0.0.0, expected a loopback address for changes where TOKENS is"
                        + " not set",
                refused(admission("0.0.0.0", Optional.empty()), Map.of("host", "localhost")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1"})
    void whereThereAreTokensOneIsNeededEverywhere(String listening) throws Exception {
        var file = Files.writeString(directory.resolve("tokens"), "# ours\nopensesame\n");
        var admission = admission(listening, Optional.of(file));
        var host = Map.of("host", "prices.example");

        assertEquals(
                "401 the request has no token that allows changes, expected Authorization: Bearer"
                        + " …",
                refused(admission, host));
        assertEquals(401, status(admission, "Bearer wrong"));
        assertEquals(401, status(admission, "opensesame"));
        assertDoesNotThrow(
                () -> admission.check(Map.of("authorization", "Bearer opensesame", "host", "any")));
    }

    private static ChangeAdmission admission(String host, Optional<Path> tokens)
            throws IOException {
        return new ChangeAdmission(HttpSettings.at(host, 0), new BearerTokens(tokens), "TOKENS");
    }

    private static String refused(ChangeAdmission admission, Map<String, String> headers) {
        var problem =
                assertThrows(ProblemException.class, () -> admission.check(headers)).problem();
        return problem.status() + " " + problem.detail();
    }

    private static int status(ChangeAdmission admission, String authorization) {
        var headers = Map.of("authorization", authorization);
        return assertThrows(ProblemException.class, () -> admission.check(headers))
                .problem()
                .status();
    }
}
