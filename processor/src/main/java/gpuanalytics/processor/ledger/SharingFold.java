package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.GpuHours.GpuHour;
import gpuanalytics.processor.ledger.SharingReport.Row;
import gpuanalytics.processor.query.GroupValue;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds models whose GPUs could hold each other: together they leave memory over, and are seldom
 * busy. A GPU is of the model whose tokens claim most of it; one that no tokens claim, that is
 * divided into MIG instances, or that does not say how full and busy it is, is of none.
 */
final class SharingFold {

    /** Together they may be so busy: beyond it requests wait for each other. */
    static final double MOST_BUSY = 0.8;

    private static final int MOST_ROWS = 100;

    /** A GPU through the time. */
    private static final class Board {
        private final Map<String, Long> usByModel = new TreeMap<>();
        private @Nullable String gpuModel;
        private BigDecimal money = BigDecimal.ZERO;
        private boolean isPriced = true;
        private boolean isDivided;
        private double usedBytes = Double.NaN;
        private double totalBytes = Double.NaN;
        private long readings;
        private double busy;

        @Nullable String model() {
            return usByModel.entrySet().stream()
                    .max(Map.Entry.comparingByValue())
                    .map(Map.Entry::getKey)
                    .orElse(null);
        }

        boolean isTold() {
            return gpuModel != null
                    && !isDivided
                    && readings > 0
                    && !Double.isNaN(usedBytes)
                    && !Double.isNaN(totalBytes);
        }
    }

    /** The GPUs of one kind that a model has. */
    private static final class Share {
        private int gpus;
        private double usedBytes;
        private double totalBytes = Double.POSITIVE_INFINITY;
        private double busy;
        private BigDecimal money = BigDecimal.ZERO;
        private boolean isPriced = true;

        void add(Board board) {
            gpus++;
            usedBytes = Math.max(usedBytes, board.usedBytes);
            totalBytes = Math.min(totalBytes, board.totalBytes);
            busy += board.busy / board.readings;
            money = money.add(board.money);
            isPriced &= board.isPriced;
        }

        double meanBusy() {
            return busy / gpus;
        }
    }

    private final Grouping grouping;
    private final Rating rating;
    private final GpuNames names;
    private final Map<String, Board> boards = new HashMap<>();

    SharingFold(Grouping grouping, Rating rating, GpuNames names) {
        this.grouping = grouping;
        this.rating = rating;
        this.names = names;
    }

    /** Adds an entry of the ledger. */
    void add(Instant hour, EntryKey key, Amounts amounts) {
        var gpu = key.kind() == Kind.API ? null : grouping.gpu(hour, key);
        if (gpu == null || gpu.name() == null) {
            return;
        }
        var board = boards.computeIfAbsent(gpu.name(), _ -> new Board());
        long used =
                amounts.get(Amount.input(Basis.ALLOCATION))
                        + amounts.get(Amount.output(Basis.ALLOCATION));
        var model = GroupValue.text(key.group().model());
        if (key.kind() == Kind.USED
                && model != null
                && used > 0
                && !GroupValue.isFolded(key.group().model())) {
            board.usByModel.merge(model, used, Long::sum);
        }
        if (gpu.model() != null) {
            // an hour in which it sent nothing does not know its model
            board.gpuModel = gpu.model();
        }
        long us = used + amounts.get(Amount.ALLOCATION_IDLE_US) + amounts.get(Amount.GAP_US);
        rating.usdPerHour(key)
                .ifPresentOrElse(
                        usd -> board.money = board.money.add(Usd.time(us, usd)),
                        () -> board.isPriced &= us == 0);
    }

    /** Adds what an hour says of a GPU that the ledger has told of. */
    void add(GpuHour hour) {
        var board =
                hour.name() == null ? null : boards.get(names.inBucket(hour.name(), hour.start()));
        if (board == null) {
            return;
        }
        board.isDivided |= hour.isInstance();
        board.usedBytes = larger(board.usedBytes, hour.usedBytes());
        board.totalBytes = -larger(-board.totalBytes, -hour.totalBytes());
        board.readings += hour.readings();
        board.busy += hour.busy();
    }

    private static double larger(double one, double other) {
        return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.max(one, other);
    }

    /** Those that fit, the most dollars first. */
    List<Row> rows() {
        var kinds = new TreeMap<String, TreeMap<String, Share>>();
        for (var board : boards.values()) {
            var model = board.isTold() ? board.model() : null;
            if (model != null && board.gpuModel != null) {
                kinds.computeIfAbsent(board.gpuModel, _ -> new TreeMap<>())
                        .computeIfAbsent(model, _ -> new Share())
                        .add(board);
            }
        }
        var rows = new ArrayList<Row>();
        kinds.forEach((gpuModel, models) -> addPairs(gpuModel, models, rows));
        rows.sort(
                Comparator.comparing(
                                Row::usd,
                                Comparator.nullsFirst(Comparator.<BigDecimal>naturalOrder()))
                        .thenComparingLong(Row::gpus)
                        .reversed()
                        .thenComparing(Row::model)
                        .thenComparing(Row::other));
        return rows.subList(0, Math.min(rows.size(), MOST_ROWS));
    }

    private static void addPairs(String gpuModel, SortedMap<String, Share> models, List<Row> rows) {
        for (var one : models.entrySet()) {
            for (var other : models.tailMap(one.getKey()).entrySet()) {
                var ofOne = one.getValue();
                var ofOther = other.getValue();
                if (ofOne != ofOther && fits(ofOne, ofOther)) {
                    rows.add(
                            ofOne.gpus >= ofOther.gpus
                                    ? row(one.getKey(), ofOne, other.getKey(), ofOther, gpuModel)
                                    : row(other.getKey(), ofOther, one.getKey(), ofOne, gpuModel));
                }
            }
        }
    }

    private static boolean fits(Share one, Share other) {
        return one.usedBytes + other.usedBytes <= Math.min(one.totalBytes, other.totalBytes)
                && one.meanBusy() + other.meanBusy() <= MOST_BUSY;
    }

    private static Row row(String model, Share of, String other, Share freed, String gpuModel) {
        return new Row(
                model,
                other,
                gpuModel,
                freed.gpus,
                Math.round(of.usedBytes + freed.usedBytes),
                Math.round(Math.min(of.totalBytes, freed.totalBytes)),
                of.meanBusy() + freed.meanBusy(),
                freed.isPriced ? Usd.rounded(freed.money) : null);
    }
}
