package gpuanalytics.processor.ledger;

import gpuanalytics.processor.price.GpuRate;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.PriceList;
import gpuanalytics.processor.price.PricedModel;
import gpuanalytics.processor.price.TokenClass;
import gpuanalytics.processor.price.TokenRate;
import gpuanalytics.processor.price.Validity;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A book of prices as a test writes it. */
final class TestPrices {

    private final List<PricedModel<GpuRate>> gpus = new ArrayList<>();
    private final List<PricedModel<TokenRate>> models = new ArrayList<>();

    TestPrices gpu(String model, String usdPerHour, Instant from) {
        gpus.add(
                new PricedModel<>(
                        model,
                        List.of(),
                        List.of(
                                new GpuRate(
                                        Market.ON_DEMAND,
                                        new BigDecimal(usdPerHour),
                                        new Validity(from, Optional.empty()),
                                        ""))));
        return this;
    }

    TestPrices model(String model, String input, String output, Instant from) {
        return model(
                model,
                Map.of(
                        TokenClass.INPUT, new BigDecimal(input),
                        TokenClass.OUTPUT, new BigDecimal(output)),
                new Validity(from, Optional.empty()),
                "");
    }

    /** A model that only reads. */
    TestPrices embedding(String model, String input, Instant from) {
        return model(
                model,
                Map.of(TokenClass.INPUT, new BigDecimal(input)),
                new Validity(from, Optional.empty()),
                "https://example.org/");
    }

    private TestPrices model(
            String model, Map<TokenClass, BigDecimal> usd, Validity validity, String source) {
        var rate = new TokenRate(usd, validity, source);
        models.add(new PricedModel<>(model, List.of(), List.of(rate)));
        return this;
    }

    PriceBook book() {
        return PriceBook.of(List.of(new PriceList("test", gpus, models)), Optional.empty());
    }
}
