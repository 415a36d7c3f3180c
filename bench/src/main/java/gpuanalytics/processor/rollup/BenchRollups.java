package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Fold and updates of decoded rows. The one place of bench that knows how they are made. */
public final class BenchRollups {

    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(15);

    private final RollupMath math = new RollupMath(SAMPLE_INTERVAL);
    private final List<CountedRow> rows;
    private final List<PendingUpdate> folded;

    /** Rows of one partition, in offset order, as stored. */
    public BenchRollups(List<Row> decoded) {
        this.rows = decoded.stream().map(CountedRow::of).toList();
        this.folded = new ArrayList<>(Gathered.of(rows).updates());
    }

    /** All rows into their rollups. */
    public Collection<?> fold() {
        return Gathered.of(rows).updates();
    }

    /** One update for each rollup. */
    public List<?> updates() {
        return folded.stream().map(update -> RollupUpdate.of(update, math, Instant.EPOCH)).toList();
    }

    /** How many rollups the rows make. */
    public int rollups() {
        return folded.size();
    }
}
