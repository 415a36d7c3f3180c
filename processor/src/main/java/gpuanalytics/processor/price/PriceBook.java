package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.Faults;
import gpuanalytics.processor.price.DatedRates.Listed;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What GPUs and tokens cost at any moment; never changes itself. It is made of lists in their
 * order: a price of a later list stands for one of an earlier list that begins at the same moment.
 *
 * <p>A name is looked up as it is written: the model's own name, then the aliases that the lists
 * have. What has no price is empty, never 0.
 */
public final class PriceBook {

    /** A book in which nothing has a price. */
    public static final PriceBook EMPTY = of(List.of(), Optional.empty());

    private record GpuKey(String model, Market market) {}

    private final Names gpuNames = new Names();
    private final Names modelNames = new Names();
    private final Map<GpuKey, DatedRates<GpuRate>> gpus = new HashMap<>();
    private final Map<String, DatedRates<TokenRate>> models = new HashMap<>();
    private final SortedSet<Instant> changes = new TreeSet<>();
    private final List<PriceList> lists;
    private final Optional<GpuPrice> fallback;
    private final String version;

    private PriceBook(List<PriceList> lists, Optional<BigDecimal> fallbackUsdPerHour) {
        this.lists = List.copyOf(lists);
        fallback = fallbackUsdPerHour.map(Rate::plain).map(GpuPrice::fallback);
        lists.forEach(this::add);
        gpuNames.sort();
        modelNames.sort();
        gpus.values().forEach(rates -> rates.addChanges(changes));
        models.values().forEach(rates -> rates.addChanges(changes));
        version = BookVersion.of(lists, fallback);
    }

    /**
     * A book of lists.
     *
     * @param lists the earliest first
     * @param fallbackUsdPerHour the price of GPUs that the lists have none for
     */
    public static PriceBook of(List<PriceList> lists, Optional<BigDecimal> fallbackUsdPerHour) {
        return new PriceBook(lists, fallbackUsdPerHour);
    }

    private void add(PriceList list) {
        for (var priced : list.gpus()) {
            gpuNames.add(priced);
            for (var rate : priced.rates()) {
                gpus.computeIfAbsent(
                                new GpuKey(priced.model(), rate.market()), _ -> new DatedRates<>())
                        .add(rate, list.version());
            }
        }
        for (var priced : list.models()) {
            modelNames.add(priced);
            var rates = models.computeIfAbsent(priced.model(), _ -> new DatedRates<>());
            priced.rates().forEach(rate -> rates.add(rate, list.version()));
        }
    }

    /**
     * What an hour of a GPU costs at a moment; the fallback where no list has a price, empty where
     * there is none either.
     *
     * @param gpuModel as the GPU is called, such as {@code NVIDIA H100 80GB HBM3}
     */
    public Optional<GpuPrice> gpu(String gpuModel, Market market, Instant at) {
        return gpuNames.model(gpuModel)
                .map(model -> gpus.get(new GpuKey(model, market)))
                .flatMap(rates -> rates.at(at))
                .map(PriceBook::gpuPrice)
                .or(() -> fallback);
    }

    private static GpuPrice gpuPrice(Listed<GpuRate> listed) {
        var rate = listed.rate();
        return new GpuPrice(
                rate.usdPerHour(), rate.validity().from(), rate.source(), listed.version());
    }

    /**
     * What the tokens of an API model cost at a moment; empty where the lists have no price.
     *
     * @param model as the request names it, such as {@code gpt-4o-2024-08-06}
     */
    public Optional<TokenPrices> tokens(String model, Instant at) {
        return modelNames
                .model(model)
                .map(models::get)
                .flatMap(rates -> rates.at(at))
                .map(PriceBook::tokenPrices);
    }

    private static TokenPrices tokenPrices(Listed<TokenRate> listed) {
        var rate = listed.rate();
        return new TokenPrices(
                rate.usdPerMillion(), rate.validity().from(), rate.source(), listed.version());
    }

    /** The GPU model that a name stands for. */
    public Optional<String> gpuModel(String name) {
        return gpuNames.model(name);
    }

    /** The API model that a name stands for. */
    public Optional<String> model(String name) {
        return modelNames.model(name);
    }

    /** The known name of a GPU model that is most like another; empty where none is like it. */
    public Optional<String> nearestGpu(String name) {
        return SimilarName.of(name, gpuNames.plain());
    }

    /** The known name of an API model that is most like another; empty where none is like it. */
    public Optional<String> nearestModel(String name) {
        return SimilarName.of(name, modelNames.plain());
    }

    /**
     * The moments after {@code from} and before {@code to} at which some price begins or ends: cut
     * there, and every price holds for the whole of each part.
     */
    public SortedSet<Instant> changes(Instant from, Instant to) {
        if (!from.isBefore(to)) {
            return Collections.emptySortedSet();
        }
        return Collections.unmodifiableSortedSet(changes.subSet(from.plusNanos(1), to));
    }

    /** Whether it has all prices and names of a list already. */
    boolean says(PriceList list) {
        return list.gpus().stream()
                        .allMatch(
                                priced ->
                                        gpuNames.says(priced)
                                                && says(
                                                        priced,
                                                        rate ->
                                                                gpus.get(
                                                                        new GpuKey(
                                                                                priced.model(),
                                                                                rate.market()))))
                && list.models().stream()
                        .allMatch(
                                priced ->
                                        modelNames.says(priced)
                                                && says(priced, _ -> models.get(priced.model())));
    }

    private static <R extends Rate> boolean says(
            PricedModel<R> priced, Function<R, @Nullable DatedRates<R>> known) {
        return priced.rates().stream()
                .allMatch(
                        rate -> {
                            var rates = known.apply(rate);
                            return rates != null && rates.has(rate);
                        });
    }

    /** Notes every name of a list that stands for another model already. */
    void checkNames(PriceList list, Faults faults) {
        gpuNames.check(PriceFields.GPUS, list.gpus(), faults);
        modelNames.check(PriceFields.MODELS, list.models(), faults);
    }

    /** The prices that hold at a moment, by their models' names. */
    public List<ListedPrice> listed(Instant at) {
        var listed = new ArrayList<ListedPrice>();
        gpus.forEach(
                (key, rates) -> rates.at(at).ifPresent(rate -> listed.add(rate.of(key.model()))));
        models.forEach(
                (model, rates) -> rates.at(at).ifPresent(rate -> listed.add(rate.of(model))));
        listed.sort(ListedPrice.BY_NAME);
        return listed;
    }

    /** Every price of every list, those that others stand for too, the earliest list first. */
    public List<ListedPrice> history() {
        var history = new ArrayList<ListedPrice>();
        for (var list : lists) {
            list.gpus().forEach(priced -> addAll(priced, list.version(), history));
            list.models().forEach(priced -> addAll(priced, list.version(), history));
        }
        return history;
    }

    private static void addAll(
            PricedModel<?> priced, String list, Collection<ListedPrice> history) {
        for (var rate : priced.rates()) {
            history.add(new ListedPrice(priced.model(), rate, list));
        }
    }

    /** What other names of GPUs stand for, in the order of the names. */
    public SortedMap<String, String> gpuAliases() {
        return gpuNames.aliases();
    }

    /** What other names of API models stand for, in the order of the names. */
    public SortedMap<String, String> modelAliases() {
        return modelNames.aliases();
    }

    /** What an hour of a GPU costs that no list has a price for. */
    public Optional<BigDecimal> fallbackUsdPerHour() {
        return fallback.map(GpuPrice::usdPerHour);
    }

    /** Names all its prices: equal for equal prices, on every processor. */
    public String version() {
        return version;
    }

    /** What it is made of, the earliest first. */
    public List<PriceList> lists() {
        return lists;
    }
}
