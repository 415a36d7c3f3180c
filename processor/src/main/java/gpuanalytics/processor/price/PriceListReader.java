package gpuanalytics.processor.price;

import static gpuanalytics.processor.price.PriceFields.ALIASES;
import static gpuanalytics.processor.price.PriceFields.EFFECTIVE_FROM;
import static gpuanalytics.processor.price.PriceFields.EFFECTIVE_TO;
import static gpuanalytics.processor.price.PriceFields.GPUS;
import static gpuanalytics.processor.price.PriceFields.MARKET;
import static gpuanalytics.processor.price.PriceFields.MODEL;
import static gpuanalytics.processor.price.PriceFields.MODELS;
import static gpuanalytics.processor.price.PriceFields.PRICES;
import static gpuanalytics.processor.price.PriceFields.SOURCE;
import static gpuanalytics.processor.price.PriceFields.USD_PER_HOUR;
import static gpuanalytics.processor.price.PriceFields.USD_PER_MILLION;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.processor.kept.Faults;
import gpuanalytics.processor.kept.Fields;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a list strictly: every fault of it is told, and a list with one is none. */
final class PriceListReader {

    private static final long MAX_USD = 1_000_000;

    private static final List<String> GPU_RATE =
            List.of(MARKET, USD_PER_HOUR, EFFECTIVE_FROM, EFFECTIVE_TO, SOURCE);
    private static final List<String> TOKEN_RATE =
            List.of(USD_PER_MILLION, EFFECTIVE_FROM, EFFECTIVE_TO, SOURCE);
    private static final List<String> TOKEN_CLASSES =
            Stream.of(TokenClass.values()).map(Fields::lower).toList();

    private final Faults faults;

    /** One of a list's models or dated prices; empty where it has a fault. */
    private interface Part<T> {
        Optional<T> read(JsonNode node, String path);
    }

    PriceListReader(Faults faults) {
        this.faults = faults;
    }

    /** The list that an object is, as far as it has no faults. */
    PriceList read(Fields fields, String version) {
        var list =
                new PriceList(
                        version,
                        models(fields, GPUS, this::gpuRate, GpuRate::market),
                        models(fields, MODELS, this::tokenRate, _ -> TokenClass.INPUT));
        if (!faults.any() && fields.value(GPUS).isEmpty() && fields.value(MODELS).isEmpty()) {
            faults.add("the list", "empty", "gpus, models or both");
        }
        return list;
    }

    private <R extends Rate, K> List<PricedModel<R>> models(
            Fields fields, String name, Part<R> rate, DatedOverlap.Kind<R, K> kind) {
        var nodes = fields.elements(name);
        var models = new ArrayList<PricedModel<R>>();
        var names = new NameCheck(faults);
        for (int i = 0; i < nodes.size(); i++) {
            var path = "%s[%d]".formatted(name, i);
            var model = model(nodes.get(i), path, rate, kind);
            names.add(path, model.model(), model.aliases());
            models.add(model);
        }
        names.check();
        return models;
    }

    private <R extends Rate, K> PricedModel<R> model(
            JsonNode node, String path, Part<R> rate, DatedOverlap.Kind<R, K> kind) {
        var fields = Fields.of(node, path, List.of(MODEL, ALIASES, PRICES), faults);
        var model = fields.requiredText(MODEL, "the name of a model").orElse("");
        if (Names.isPattern(model)) {
            faults.add(fields.path(MODEL), model, "a name without *, which an alias may have");
        }
        var nodes = fields.elements(PRICES);
        if (nodes.isEmpty() && fields.isObject()) {
            faults.add(fields.path(PRICES), "empty", "at least one dated price");
        }
        var overlap = new DatedOverlap<>(kind, faults);
        var rates = new ArrayList<R>();
        for (int i = 0; i < nodes.size(); i++) {
            var at = "%s[%d]".formatted(fields.path(PRICES), i);
            rate.read(nodes.get(i), at)
                    .ifPresent(
                            read -> {
                                rates.add(read);
                                overlap.add(at, read);
                            });
        }
        overlap.check();
        return new PricedModel<>(model, fields.texts(ALIASES), rates);
    }

    private Optional<GpuRate> gpuRate(JsonNode node, String path) {
        var fields = Fields.of(node, path, GPU_RATE, faults);
        var market = fields.choice(MARKET, Market.ON_DEMAND);
        var usd = fields.requiredUsd(USD_PER_HOUR, MAX_USD);
        var validity = validity(fields);
        var source = fields.text(SOURCE).orElse("");
        return market.isPresent() && usd.isPresent() && validity.isPresent()
                ? Optional.of(new GpuRate(market.get(), usd.get(), validity.get(), source))
                : Optional.empty();
    }

    private Optional<TokenRate> tokenRate(JsonNode node, String path) {
        var fields = Fields.of(node, path, TOKEN_RATE, faults);
        var usd = usdPerMillion(fields);
        var validity = validity(fields);
        var source = fields.text(SOURCE).orElse("");
        return !usd.isEmpty() && validity.isPresent()
                ? Optional.of(new TokenRate(usd, validity.get(), source))
                : Optional.empty();
    }

    private Map<TokenClass, BigDecimal> usdPerMillion(Fields fields) {
        var usd = new EnumMap<TokenClass, BigDecimal>(TokenClass.class);
        var value = fields.value(USD_PER_MILLION);
        if (value.isEmpty() || (value.get().isObject() && value.get().isEmpty())) {
            fields.absent(USD_PER_MILLION, "at least one of " + String.join(", ", TOKEN_CLASSES));
            return usd;
        }
        var classes = Fields.of(value.get(), fields.path(USD_PER_MILLION), TOKEN_CLASSES, faults);
        for (var tokens : TokenClass.values()) {
            classes.usd(Fields.lower(tokens), MAX_USD).ifPresent(price -> usd.put(tokens, price));
        }
        return usd;
    }

    private Optional<Validity> validity(Fields fields) {
        var from = fields.requiredTime(EFFECTIVE_FROM);
        var to = fields.time(EFFECTIVE_TO);
        if (from.isPresent() && to.isPresent() && !to.get().isAfter(from.get())) {
            faults.add(
                    fields.path(EFFECTIVE_TO), to.get().toString(), "a time after " + from.get());
            return Optional.empty();
        }
        return from.map(start -> new Validity(start, to));
    }

    /** That no name of a list stands for two of its models. */
    private static final class NameCheck {

        private record Named(String path, String name, boolean isModel) {}

        private final Faults faults;
        private final List<Named> names = new ArrayList<>();

        NameCheck(Faults faults) {
            this.faults = faults;
        }

        void add(String path, String model, List<String> aliases) {
            names.add(new Named(path + "." + MODEL, model, true));
            for (int i = 0; i < aliases.size(); i++) {
                names.add(
                        new Named("%s.%s[%d]".formatted(path, ALIASES, i), aliases.get(i), false));
            }
        }

        void check() {
            var first = new HashMap<String, Named>();
            for (var named : names) {
                var earlier = first.putIfAbsent(named.name(), named);
                if (earlier != null && !named.name().isEmpty()) {
                    faults.add(
                            named.path(),
                            named.name(),
                            "another name than that of " + earlier.path());
                }
            }
        }
    }
}
