package gpuanalytics.placement.http;

import gpuanalytics.service.http.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The page at {@code /} and what it loads; each file is named here, nothing else is served. */
final class PageFiles {

    private static final String FOLDER = "placement/page/";
    private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

    /** Scripts can make no HTML of a text, whoever sent it. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src"
                    + " 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'; trusted-types 'none'";

    private PageFiles() {}

    static List<Endpoint> endpoints() {
        var scripts =
                Stream.of("page.js", "api.js", "dom.js", "nodes.js")
                        .map(name -> file(name, JAVASCRIPT));
        var others =
                Stream.of(
                        Endpoint.file("/", "text/html; charset=utf-8", FOLDER + "index.html")
                                .with(
                                        Map.of(
                                                "content-security-policy",
                                                POLICY,
                                                "cache-control",
                                                "no-cache")),
                        file("page.css", "text/css; charset=utf-8"),
                        file("icon.svg", "image/svg+xml"));
        return Stream.concat(others, scripts).toList();
    }

    private static Endpoint file(String name, String contentType) {
        return Endpoint.file("/page/" + name, contentType, FOLDER + name)
                .with(Map.of("cache-control", "no-cache"));
    }
}
