package gpuanalytics.placement.http;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.http.ChangeAdmission;
import gpuanalytics.service.http.HttpSettings;
import gpuanalytics.service.http.Intake;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the server listens, and who may make it work.
 *
 * @param listen where it listens, and what its clients may hold
 * @param tokens the file of the tokens that admit what is sent to it; empty where this machine
 *     alone may send
 */
public record HttpConfig(HttpSettings listen, Optional<Path> tokens) {

    public static final int DEFAULT_PORT = 8082;

    private static final String TOKENS_FILE = "HTTP_TOKENS_FILE";

    /** The configuration that the environment asks for. */
    public static HttpConfig read(EnvironmentReader env) {
        return new HttpConfig(
                HttpSettings.read(env, DEFAULT_PORT),
                env.text(
                                TOKENS_FILE,
                                "A file with the bearer tokens that admit what is sent (POST), one"
                                        + " per line, read again when it changes; without it POST"
                                        + " is taken on a loopback address alone")
                        .map(Path::of));
    }

    /**
     * Whose requests to compute or to change something are taken.
     *
     * @throws ConfigurationException if the file of tokens cannot be used
     */
    Intake.Admission admission() {
        try {
            return new ChangeAdmission(listen, new BearerTokens(tokens), TOKENS_FILE);
        } catch (IOException e) {
            throw new ConfigurationException(
                    List.of("%s cannot be read: %s".formatted(TOKENS_FILE, e.getMessage())));
        }
    }
}
