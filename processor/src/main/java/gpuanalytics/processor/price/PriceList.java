package gpuanalytics.processor.price;

import java.util.List;

/**
 * What one file or one change says of prices.
 *
 * @param version names the list, such as {@code put:3}; in every price that is from it
 * @param gpus GPU models
 * @param models API models
 */
public record PriceList(
        String version, List<PricedModel<GpuRate>> gpus, List<PricedModel<TokenRate>> models) {

    public PriceList {
        gpus = List.copyOf(gpus);
        models = List.copyOf(models);
    }

    /** How many dated prices and aliases it has. */
    public int size() {
        return size(gpus) + size(models);
    }

    private static <R extends Rate> int size(List<PricedModel<R>> priced) {
        return priced.stream()
                .mapToInt(model -> model.rates().size() + model.aliases().size())
                .sum();
    }

    /** The same under another name. */
    PriceList as(String newVersion) {
        return new PriceList(newVersion, gpus, models);
    }
}
