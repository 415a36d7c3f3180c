package gpuanalytics.service.http;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who may change something over HTTP: whoever has a token; where there are no tokens, everybody on
 * this machine, and nobody beyond it. A page of another origin may not, whatever it may read: a
 * browser would send its user's requests.
 */
public final class ChangeAdmission implements Intake.Admission {

    /** Names that only this machine has for itself; a page can give its own server any other. */
    private static final Pattern THIS_MACHINE =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

    private final HttpSettings listen;
    private final BearerTokens tokens;
    private final String tokensVariable;

    /**
     * @param listen where requests come in
     * @param tokensVariable names the file of the tokens
     */
    public ChangeAdmission(HttpSettings listen, BearerTokens tokens, String tokensVariable) {
        this.listen = listen;
        this.tokens = tokens;
        this.tokensVariable = tokensVariable;
    }

    @Override
    public void check(Map<String, String> headers) {
        var host = headers.get("host");
        var origin = headers.get("origin");
        if (origin != null && !origin.endsWith("://" + host)) {
            throw forbidden("Origin is %s, expected none or this server's own".formatted(origin));
        }
        if (!tokens.isOpen()) {
            tokens.require(headers, "allows changes");
            return;
        }
        if (!HttpSettings.isLoopback(listen.host())) {
            throw forbidden(
                    "%s_HOST is %s, expected a loopback address for changes where %s is not set"
                            .formatted(listen.variables(), listen.host(), tokensVariable));
        }
        if (host != null && !THIS_MACHINE.matcher(host).matches()) {
            throw forbidden(
                    "Host is %s, expected localhost or 127.0.0.1 for changes where %s is not set"
                            .formatted(host, tokensVariable));
        }
    }

    private static ProblemException forbidden(String detail) {
        return new ProblemException(Problem.of(403, "forbidden", detail));
    }
}
