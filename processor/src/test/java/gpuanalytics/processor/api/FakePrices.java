package gpuanalytics.processor.api;

import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.price.KeptList;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.PriceConfig;
import gpuanalytics.processor.price.PriceList;
import gpuanalytics.processor.price.PriceListFormat;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.service.http.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The book that comes along and what was put, without a store; fails as the test says. */
final class FakePrices implements Prices {

    private static final int MAX_ENTRIES = 1000;
    static final int MAX_BYTES = 64 * 1024;

    private final List<KeptList> lists = new ArrayList<>();

    /** Runs before every answer. */
    volatile Runnable before = () -> {};

    FakePrices() {
        try {
            var example = Resource.read("gpuanalytics/processor/price/example-prices.yaml");
            lists.add(
                    new KeptList(
                            PriceListFormat.yaml(example, MAX_ENTRIES),
                            Optional.empty(),
                            Optional.empty()));
        } catch (RefusedListException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public PriceBook book() {
        before.run();
        return PriceBook.of(lists.stream().map(KeptList::list).toList(), Optional.empty());
    }

    @Override
    public List<KeptList> lists() {
        return List.copyOf(lists);
    }

    @Override
    public PriceConfig config() {
        return new PriceConfig(
                Optional.empty(),
                Market.ON_DEMAND,
                Optional.empty(),
                Duration.ZERO,
                MAX_ENTRIES,
                MAX_BYTES);
    }

    @Override
    public Change put(PriceList list, String by) {
        before.run();
        var named = new PriceList("put:" + lists.size(), list.gpus(), list.models());
        var kept = new KeptList(named, Optional.of(RunningApi.NOW), Optional.of(by));
        lists.add(kept);
        return new Change(book(), Optional.of(kept));
    }
}
