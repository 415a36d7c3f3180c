package gpuanalytics.processor.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** The files of the page, each named here: nothing else of the class path is served. */
public final class DashboardFiles {

    static final String FOLDER = "gpuanalytics/processor/dashboard/";

    static final List<String> SCRIPTS =
            List.of(
                    "api.js",
                    "app.js",
                    "bill.js",
                    "budgets.js",
                    "chart.js",
                    "colors.js",
                    "controls.js",
                    "cost.js",
                    "csv.js",
                    "dom.js",
                    "empty.js",
                    "fields.js",
                    "fleet.js",
                    "fleetmap.js",
                    "format.js",
                    "gpu.js",
                    "live.js",
                    "metrics.js",
                    "overview.js",
                    "panel.js",
                    "pipeline.js",
                    "rejects.js",
                    "route.js",
                    "subject.js",
                    "table.js",
                    "theme.js",
                    "tiles.js",
                    "tokens.js",
                    "trend.js",
                    "waste.js",
                    "whatif.js");

    static final List<String> STYLES = List.of("dashboard.css");

    /** What an address of the page may say: which view of which time, of whom and how grouped. */
    public static final List<String> PARAMETERS =
            List.of(
                    "view",
                    "from",
                    "to",
                    "group_by",
                    "basis",
                    "model",
                    "team",
                    "user",
                    "project",
                    "gpu",
                    "mig_id",
                    "gpu_model",
                    "host",
                    "namespace",
                    "as_gpu_model",
                    "as_usd_per_hour",
                    "as_gpus",
                    "as_speed",
                    "as_model");

    /** The library of the charts comes as others publish it, from its own jar. */
    private static final String CHARTS = "META-INF/maven/org.webjars.npm/uplot/pom.properties";

    private static final String JAVASCRIPT = "text/javascript";
    private static final String CSS = "text/css";
    private static final String SVG = "image/svg+xml";
    private static final String HTML = "text/html";
    private static final String UTF_8_TEXT = "; charset=utf-8";

    /** Scripts can make no HTML of a text, whoever sent it. */
    private static final Map<String, String> POLICY =
            Map.of(
                    "content-security-policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                            + " img-src 'self'; base-uri 'none'; form-action 'none';"
                            + " frame-ancestors 'none'; require-trusted-types-for 'script';"
                            + " trusted-types 'none'");

    private final DashboardConfig config;

    public DashboardFiles(DashboardConfig config) {
        this.config = config;
    }

    /** The page and what it loads. */
    public List<Endpoint> endpoints() {
        var charts = "META-INF/resources/webjars/uplot/%s/dist/".formatted(chartsVersion());
        var scripts = files("scripts/", SCRIPTS, JAVASCRIPT);
        scripts.put("uplot.js", file(JAVASCRIPT, charts + "uPlot.esm.js"));
        var styles = files("styles/", STYLES, CSS);
        styles.put("uplot.css", file(CSS, charts + "uPlot.min.css"));
        var page = page();
        var icon = file(SVG, FOLDER + "icon.svg");
        return List.of(
                Endpoint.get("/", List.of(HTML), page::answer).taking(PARAMETERS).with(POLICY),
                Endpoint.get(
                        "/dashboard/scripts/{file}",
                        List.of(JAVASCRIPT),
                        request -> named(scripts, request)),
                Endpoint.get(
                        "/dashboard/styles/{file}",
                        List.of(CSS),
                        request -> named(styles, request)),
                Endpoint.get("/dashboard/icon.svg", List.of(SVG), icon::answer));
    }

    private DashboardFile page() {
        var html = new String(Resource.read(FOLDER + "index.html"), UTF_8);
        var door = attribute(config.doorUrl().orElse(""));
        return DashboardFile.of(HTML + UTF_8_TEXT, html.replace("{door}", door).getBytes(UTF_8));
    }

    private static String attribute(String text) {
        return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
    }

    private static Map<String, DashboardFile> files(
            String folder, List<String> names, String mediaType) {
        var files = new HashMap<String, DashboardFile>();
        for (var name : names) {
            files.put(name, file(mediaType, FOLDER + folder + name));
        }
        return files;
    }

    private static DashboardFile file(String mediaType, String resource) {
        return DashboardFile.of(mediaType + UTF_8_TEXT, Resource.read(resource));
    }

    private static Answer named(Map<String, DashboardFile> files, Endpoint.Request request) {
        var name = request.path().getOrDefault("file", "");
        var file = files.get(name);
        if (file == null) {
            throw new ProblemException(
                    Problem.notFound(
                            "file is %s, expected one that the page at / refers to"
                                    .formatted(name)));
        }
        return file.answer(request);
    }

    private static String chartsVersion() {
        var properties = new Properties();
        try {
            properties.load(new StringReader(new String(Resource.read(CHARTS), UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
