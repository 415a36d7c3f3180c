package gpuanalytics.processor.write;

import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.batch.Batch;
import gpuanalytics.processor.batch.Moment;
import gpuanalytics.processor.batch.UnderWay;
import gpuanalytics.processor.conflict.Conflict;
import gpuanalytics.processor.conflict.Conflict.Kind;
import gpuanalytics.processor.conflict.Conflicts;
import gpuanalytics.processor.consume.DeadLetter;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role.Another;
import gpuanalytics.processor.reject.Rejects;
import gpuanalytics.processor.rollup.CountedRow;
import gpuanalytics.processor.write.Outcome.Redelivered;
import gpuanalytics.processor.write.Outcome.Rejected;
import gpuanalytics.processor.write.Outcome.Repeated;
import gpuanalytics.processor.write.Outcome.Stored;
import java.util.ArrayList;
import java.util.List;

/**
 * The write step: the rows of a batch to raw documents, what the store or the decoder rejects to
 * the dead letters. Any thread may write.
 */
public final class EventWrites {

    private final MongoEventWriter writer;
    private final Rejects rejects;
    private final Conflicts conflicts;
    private final Tally tally;
    private final UnderWay underWay;

    public EventWrites(
            MongoEventWriter writer,
            Rejects rejects,
            Conflicts conflicts,
            Tally tally,
            UnderWay underWay) {
        this.writer = writer;
        this.rejects = rejects;
        this.conflicts = conflicts;
        this.tally = tally;
        this.underWay = underWay;
    }

    /**
     * Returns when the fate of every record is sure, however long that takes.
     *
     * @throws InterruptedException when the processor gives up; any row may or may not be stored
     */
    public Written write(Batch batch) throws InterruptedException {
        var outcomes = writer.write(batch.rows());
        underWay.reached(Moment.RAW_STORED);
        rejects.send(letters(batch, outcomes));
        conflicts.note(conflicts(batch.rows(), outcomes));
        underWay.reached(Moment.DEAD_LETTERS_SENT);
        tally.count(batch.rows(), outcomes);
        return written(batch.rows(), outcomes);
    }

    private static List<DeadLetter> letters(Batch batch, List<Outcome> outcomes) {
        var letters = new ArrayList<DeadLetter>();
        for (var rejected : batch.rejected()) {
            letters.add(new DeadLetter(rejected.record(), rejected.reason(), rejected.detail()));
        }
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Rejected(var reason, var detail)) {
                letters.add(new DeadLetter(batch.rows().get(i).record(), reason, detail));
            }
        }
        return letters;
    }

    /** Also of records that are read again: whoever read them before may have ended before this. */
    private static List<Conflict> conflicts(List<Row> rows, List<Outcome> outcomes) {
        var found = new ArrayList<Conflict>();
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            switch (outcomes.get(i)) {
                case Stored(var counted) when counted.role() instanceof Another(var beside, _) ->
                        found.add(reused(row, beside));
                case Redelivered(var counted)
                        when counted.role() instanceof Another(var beside, _) ->
                        found.add(reused(row, beside));
                case Rejected(var reason, var detail) when reason == RejectReason.CONFLICT ->
                        found.add(conflict(Kind.CONFLICT, row, detail));
                case Stored _, Redelivered _, Repeated _, Rejected _ -> {}
            }
        }
        return found;
    }

    private static Conflict reused(Row row, String beside) {
        return conflict(
                Kind.IDENTITY_REUSED, row, "another request than that at %s".formatted(beside));
    }

    private static Conflict conflict(Kind kind, Row row, String detail) {
        return new Conflict(
                kind,
                row.values().topic(),
                row.id(),
                Content.text(row.record().position()),
                detail);
    }

    private static Written written(List<Row> rows, List<Outcome> outcomes) {
        var counted = new ArrayList<CountedRow>(rows.size());
        var refused = new ArrayList<Row>(0);
        for (int i = 0; i < rows.size(); i++) {
            switch (outcomes.get(i)) {
                case Stored(var row) -> counted.add(row);
                case Redelivered(var row) -> counted.add(row);
                case Repeated() -> {}
                case Rejected _ -> refused.add(rows.get(i));
            }
        }
        return new Written(counted, refused);
    }
}
