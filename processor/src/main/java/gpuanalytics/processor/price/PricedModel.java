package gpuanalytics.processor.price;

import java.util.List;

/**
 * A model and its prices, as a list has them.
 *
 * @param model its name
 * @param aliases other names of it; a {@code *} in one stands for any text
 * @param rates its prices
 */
public record PricedModel<R extends Rate>(String model, List<String> aliases, List<R> rates) {

    public PricedModel {
        aliases = List.copyOf(aliases);
        rates = List.copyOf(rates);
    }
}
