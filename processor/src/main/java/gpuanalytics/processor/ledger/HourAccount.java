package gpuanalytics.processor.ledger;

import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An hour's ledger in the making. Minutes are told from the last to the first, for a request counts
 * where it ended and may have begun in minutes before; those of the next hour in which such
 * requests ended come first. Pure: the same minutes give the same ledger.
 */
final class HourAccount {

    /**
     * The time of an account.
     *
     * @param end the end of its hour, or of the last minute that is over
     * @param before the GPUs with samples in the hour before
     * @param after the GPUs with samples in the hour after
     */
    record Frame(Instant hour, Instant end, Set<String> before, Set<String> after) {}

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final Frame frame;
    private final PriceCuts cuts;
    private final GpuNames names;
    private final Entries entries = new Entries();
    private final Map<Instant, Claims> claims = new HashMap<>();
    private final Map<String, GpuTrack> tracks = new TreeMap<>();

    /** Usages of minutes in which their GPU has no sample. */
    private final List<Orphan> orphans = new ArrayList<>();

    private record Orphan(String board, Instant minute, Group group, Amounts counts) {}

    HourAccount(Frame frame, PriceCuts cuts, GpuNames names) {
        this.frame = frame;
        this.cuts = cuts;
        this.names = names;
    }

    /** Takes in a minute; of one after the hour only what ran into the hour. */
    void minute(Instant minute, List<GpuRow> gpus, List<TokenRow> usages) {
        usages.forEach(usage -> claim(minute, usage));
        if (!isInHour(minute)) {
            return;
        }
        var boards = boards(minute, gpus);
        var asked = claimsAt(minute);
        boards.forEach((name, board) -> split(minute, name, board, asked));
        usages.forEach(usage -> count(minute, usage, boards));
        claims.remove(minute);
    }

    /** The ledger of what was told. */
    HourLedger finish() {
        tracks.values().forEach(GpuTrack::finish);
        for (var orphan : orphans) {
            var track = tracks.get(orphan.board);
            var gpu = track == null ? new Gpu(orphan.board, null, null) : track.gpu();
            var price = track == null ? null : track.priceMicroUsd();
            entries.of(
                            new EntryKey(
                                    Kind.USED,
                                    gpu,
                                    cuts.startOf(orphan.minute),
                                    price,
                                    orphan.group))
                    .add(orphan.counts);
        }
        return new HourLedger(frame.hour, cuts.cuts(), entries);
    }

    private boolean isInHour(Instant minute) {
        return !minute.isBefore(frame.hour) && minute.isBefore(frame.hour.plus(HOUR));
    }

    private Claims claimsAt(Instant minute) {
        return claims.computeIfAbsent(minute, _ -> new Claims());
    }

    /** Spreads what a usage asks for over the minutes that it ran in. */
    private void claim(Instant minute, TokenRow usage) {
        var name = usage.gpuName();
        if (name == null) {
            return;
        }
        var board = names.inBucket(name, minute);
        var instance = GpuNames.isInstance(name) ? name : "";
        var left = usage.claim();
        for (int back = 1; !usage.spread().isNone() && back <= RequestSpread.MINUTES; back++) {
            double share = usage.spread().share(back);
            if (share > 0) {
                var part = usage.claim().share(share);
                left = left.minus(part);
                var then = minute.minus(MINUTE.multipliedBy(back));
                if (isInHour(then)) {
                    claimsAt(then).add(board, instance, usage.group(), part);
                }
            }
        }
        if (isInHour(minute)) {
            claimsAt(minute).add(board, instance, usage.group(), left);
        }
    }

    private SortedMap<String, Board> boards(Instant minute, List<GpuRow> gpus) {
        var boards = new TreeMap<String, Board>();
        for (var row : gpus) {
            var name = row.name() == null ? "" : names.inBucket(row.name(), minute);
            boards.computeIfAbsent(name, _ -> new Board()).add(row);
        }
        return boards;
    }

    private void split(Instant minute, String name, Board board, Claims asked) {
        var track = tracks.computeIfAbsent(name, _ -> new GpuTrack(name, frame, cuts, entries));
        var parts = board.parts();
        track.begin(minute, board.described(), board.coveredUs());
        for (var part : parts) {
            var claimed = asked.of(name, part, parts);
            var attribution =
                    Attribution.of(
                            part.minute(), claimed.stream().map(Claims.Claimed::claim).toList());
            for (int i = 0; i < claimed.size(); i++) {
                var used = track.entry(Kind.USED, minute, claimed.get(i).group());
                addShare(used, attribution, i);
            }
            track.idle(minute, part, attribution);
        }
    }

    private static void addShare(Amounts used, Attribution attribution, int claim) {
        for (var basis : Basis.values()) {
            var us = attribution.us(basis);
            used.add(Amount.input(basis), us.input(claim))
                    .add(Amount.output(basis), us.output(claim));
            var uj = attribution.uj(basis);
            if (uj != null) {
                used.add(Amount.energy(basis), uj.input(claim) + uj.output(claim));
            }
        }
        var us = attribution.us(Basis.ALLOCATION);
        var by =
                switch (attribution.method()) {
                    case TIME -> Amount.BY_TIME_US;
                    case TOKENS -> Amount.BY_TOKENS_US;
                };
        used.add(by, us.input(claim) + us.output(claim));
    }

    /** Requests and tokens count once, where they ended. */
    private void count(Instant minute, TokenRow usage, Map<String, Board> boards) {
        var name = usage.gpuName();
        if (name == null) {
            var key = new EntryKey(Kind.API, Gpu.NONE, cuts.startOf(minute), null, usage.group());
            entries.of(key).add(usage.counts());
            return;
        }
        var board = names.inBucket(name, minute);
        var track = tracks.get(board);
        if (track == null || !boards.containsKey(board)) {
            orphans.add(new Orphan(board, minute, usage.group(), usage.counts()));
            return;
        }
        var counted = track.entry(Kind.USED, minute, usage.group()).add(usage.counts());
        if (usage.spread().cutRequests() > 0) {
            counted.add(Amount.CUT_REQUESTS, usage.spread().cutRequests());
        }
        if (track.isMetered()) {
            counted.add(Amount.METERED_TOKENS, usage.tokens());
        }
    }
}
