package gpuanalytics.processor.rollup;

import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.Role.Another;
import gpuanalytics.processor.decode.Role.Merging;
import gpuanalytics.processor.decode.Role.Moved;
import gpuanalytics.processor.decode.Role.Outranked;
import gpuanalytics.processor.decode.Role.Replacing;
import gpuanalytics.processor.decode.Role.Whole;
import gpuanalytics.processor.decode.StoredEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What a stored event does to the rollups of one series, minute and hour. Most have one effect;
 * what corrects another has several, in other places too.
 *
 * @param values of which event, which says where
 * @param overflow under which series
 * @param amount how much of it
 */
public record Effect(EventValues values, Overflow overflow, Amount amount) {

    /** How much of an event is added. */
    public enum Amount {
        /** All that it says. */
        WHOLE,
        /**
         * All that it says is taken back, for another word counts in its place; that it was an
         * attempt, and failed, stays.
         */
        TAKEN_BACK,
        /** What was taken back, or was an attempt alone, counts as a request again. */
        REINSTATED,
        /** That it was an attempt that failed, where it did; no request. */
        ATTEMPT,
        /** Its readings, but no sample and no time. */
        READINGS
    }

    /** The effects of a stored event; a function of its raw document. */
    static List<Effect> of(EventValues values, Overflow overflow, Role role) {
        return switch (role) {
            case Whole _ -> List.of(new Effect(values, overflow, Amount.WHOLE));
            case Another(_, var moves) ->
                    and(List.of(new Effect(values, overflow, Amount.WHOLE)), moves);
            case Replacing(StoredEvent(var replaced, var under, _), var moves) ->
                    and(
                            List.of(
                                    new Effect(values, overflow, Amount.WHOLE),
                                    new Effect(replaced, under, Amount.TAKEN_BACK)),
                            moves);
            case Outranked(var moves) ->
                    and(
                            values.hasFailed()
                                    ? List.of(new Effect(values, overflow, Amount.ATTEMPT))
                                    : List.of(),
                            moves);
            // Also without a reading: the document must be there to name the pod.
            case Merging(var adds, var intervalS, _, _) ->
                    List.of(new Effect(values.only(adds, intervalS), overflow, Amount.READINGS));
        };
    }

    private static List<Effect> and(List<Effect> own, List<Moved> moves) {
        if (moves.isEmpty()) {
            return own;
        }
        var effects = new ArrayList<>(own);
        for (var moved : moves) {
            var word = moved.event();
            effects.add(
                    new Effect(
                            word.values(),
                            word.overflow(),
                            moved.counts() ? Amount.REINSTATED : Amount.TAKEN_BACK));
        }
        return effects;
    }

    /** The series that it counts in. */
    public String series() {
        return overflow.series(values.labels());
    }

    /** The start of the bucket that it counts in, in seconds since 1970. */
    public long bucket(Granularity granularity) {
        return granularity.bucketOf(values.epochSecond());
    }
}
