package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.DecodedRecord.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.io.BasicOutputBuffer;

/** Fold and updates of decoded rows. The one place of bench that knows how they are made. */
public final class BenchRollups {

    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(15);

    private final RollupMath math = new RollupMath(SAMPLE_INTERVAL);
    private final List<CountedRow> rows;
    private final List<PendingUpdate> folded;
    private final BsonBytes bytes = new BsonBytes();
    private final BasicOutputBuffer out = new BasicOutputBuffer();

    /** Rows of one partition, in offset order, as stored. */
    public BenchRollups(List<Row> decoded) {
        this.rows = decoded.stream().map(CountedRow::of).toList();
        this.folded = new ArrayList<>(Gathered.of(rows, math).updates());
    }

    /** All rows into their rollups. */
    public Collection<?> fold() {
        return Gathered.of(rows, math).updates();
    }

    /** One update for each rollup; how many bytes they are. */
    public int updates() {
        out.truncateToPosition(0);
        for (var update : folded) {
            RollupUpdate.write(bytes, update, update.sums(math), Instant.EPOCH);
            bytes.moveTo(out);
        }
        return out.getPosition();
    }

    /** The same as documents that are new. */
    public int documents() {
        out.truncateToPosition(0);
        for (var update : folded) {
            RollupUpdate.writeDocument(bytes, update, update.sums(math), Instant.EPOCH);
            bytes.moveTo(out);
        }
        return out.getPosition();
    }

    /** How many rollups the rows make. */
    public int rollups() {
        return folded.size();
    }
}
