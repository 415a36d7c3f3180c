package gpuanalytics.placement.processor;

import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.trace.BadInputException;
import java.util.HashMap;
import java.util.OptionalDouble;

/** The prices that the processor uses now, in the market that it uses. */
public final class ProcessorPrices {

    private final ProcessorClient processor;

    public ProcessorPrices(ProcessorClient processor) {
        this.processor = processor;
    }

    /** Asks {@code /prices}. */
    public GpuPrices now() throws BadInputException, InterruptedException {
        var book = processor.get("/prices");
        var market = book.path("gpu_market").asText();
        var usdPerHour = new HashMap<String, Double>();
        for (var gpu : book.path("gpus")) {
            if (gpu.path("market").asText().equals(market)) {
                usdPerHour.put(gpu.path("model").asText(), gpu.path("usd_per_hour").asDouble());
            }
        }
        var aliases = new HashMap<String, String>();
        book.path("gpu_aliases")
                .properties()
                .forEach(alias -> aliases.put(alias.getKey(), alias.getValue().asText()));
        var fallback = book.path("fallback_usd_per_hour");
        return new GpuPrices(
                usdPerHour,
                aliases,
                fallback.isNumber()
                        ? OptionalDouble.of(fallback.asDouble())
                        : OptionalDouble.empty());
    }
}
