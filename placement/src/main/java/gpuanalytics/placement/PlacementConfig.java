package gpuanalytics.placement;

import gpuanalytics.placement.http.HttpConfig;
import gpuanalytics.placement.model.ModelSettings;
import gpuanalytics.placement.price.PriceBookFile;
import gpuanalytics.placement.queue.RehearsalLimits;
import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What the server does.
 *
 * @param http where it listens, and who may make it work
 * @param rehearsals what rehearsals may take
 * @param processor the URL of the processor that knows the cluster and its prices; empty for none
 * @param processorTimeout how long one of its answers may take
 * @param prices a price book that goes before the processor's; empty for none
 * @param market whose prices of the price book
 * @param models how models are kept
 * @param scheduling how it places pods; empty where it does not
 */
public record PlacementConfig(
        HttpConfig http,
        RehearsalLimits rehearsals,
        Optional<String> processor,
        Duration processorTimeout,
        Optional<Path> prices,
        String market,
        ModelSettings models,
        Optional<Scheduling.Config> scheduling) {

    /** Reads every variable; errors are left in the reader. */
    public static PlacementConfig read(EnvironmentReader env) {
        return new PlacementConfig(
                HttpConfig.read(env),
                RehearsalLimits.read(env),
                processor(env),
                env.duration(
                        "PROCESSOR_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        30_000,
                        1,
                        600_000,
                        "How long an answer of the processor may take, in ms"),
                env.text(
                                "PRICES_FILE",
                                "A YAML file of prices (docs/prices.md), instead of those that the"
                                        + " processor has")
                        .map(Path::of),
                market(env),
                ModelSettings.read(env),
                scheduling(env));
    }

    private static Optional<Scheduling.Config> scheduling(EnvironmentReader env) {
        boolean isOn =
                env.flag(
                        "PLACEMENT_EXTENDER",
                        false,
                        "Answer schedulers at /scheduler/..., about the cluster that it runs in");
        // read either way, so that the help text has them
        var scheduling = Scheduling.Config.read(env);
        return isOn ? Optional.of(scheduling) : Optional.empty();
    }

    private static Optional<String> processor(EnvironmentReader env) {
        var url =
                env.text(
                        "PROCESSOR_URL",
                        "Where the processor's API answers, such as http://localhost:8080: it"
                                + " knows the cluster and the prices");
        if (url.isPresent() && !url.get().matches("https?://[^/?#]+/?")) {
            env.error(
                    "PROCESSOR_URL is %s, expected http://host:port without a path"
                            .formatted(url.get()));
        }
        return url;
    }

    private static String market(EnvironmentReader env) {
        var market =
                env.text(
                        "GPU_PRICE_MARKET",
                        PriceBookFile.MARKETS.getFirst(),
                        "Whose prices of PRICES_FILE: on_demand, spot or reserved");
        if (!PriceBookFile.MARKETS.contains(market)) {
            env.error(
                    "GPU_PRICE_MARKET is %s, expected one of %s"
                            .formatted(market, String.join(", ", PriceBookFile.MARKETS)));
        }
        return market;
    }
}
