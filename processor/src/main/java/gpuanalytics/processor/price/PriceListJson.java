package gpuanalytics.processor.price;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gpuanalytics.processor.kept.Fields;

/** A list as an object, which {@link PriceListReader} reads as the same list. */
final class PriceListJson {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private PriceListJson() {}

    static ObjectNode of(PriceList list) {
        var node = NODES.objectNode();
        var gpus = node.putArray(PriceFields.GPUS);
        list.gpus().forEach(model -> gpus.add(of(model)));
        var models = node.putArray(PriceFields.MODELS);
        list.models().forEach(model -> models.add(of(model)));
        return node;
    }

    private static ObjectNode of(PricedModel<?> model) {
        var node = NODES.objectNode().put(PriceFields.MODEL, model.model());
        var aliases = node.putArray(PriceFields.ALIASES);
        model.aliases().forEach(aliases::add);
        var prices = node.putArray(PriceFields.PRICES);
        model.rates().forEach(rate -> prices.add(of(rate)));
        return node;
    }

    private static ObjectNode of(Rate rate) {
        var node = NODES.objectNode();
        switch (rate) {
            case GpuRate gpu ->
                    node.put(PriceFields.MARKET, Fields.lower(gpu.market()))
                            .put(PriceFields.USD_PER_HOUR, gpu.usdPerHour());
            case TokenRate tokens -> {
                var usd = node.putObject(PriceFields.USD_PER_MILLION);
                tokens.usdPerMillion().forEach((name, price) -> usd.put(Fields.lower(name), price));
            }
        }
        node.put(PriceFields.EFFECTIVE_FROM, rate.validity().from().toString());
        rate.validity().to().ifPresent(to -> node.put(PriceFields.EFFECTIVE_TO, to.toString()));
        if (!rate.source().isEmpty()) {
            node.put(PriceFields.SOURCE, rate.source());
        }
        return node;
    }
}
