package gpuanalytics.placement.model;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with a target.
 *
 * @param serves whether predictions are made; where not, a fallback has to do
 * @param since since when that is so
 * @param why the reason, in one line with the numbers
 * @param model the champion, whether it serves or not; null before there was one
 * @param judged how the champion did in its last day; null before it was judged
 * @param championError what the champion before had done on the same outcomes; null where there was
 *     none
 */
public record ModelState(
        Target target,
        boolean serves,
        Instant since,
        String why,
        @Nullable Model model,
        @Nullable Judgement judged,
        @Nullable Double championError) {

    /**
     * Where a model comes from.
     *
     * @param id its name
     * @param from its rows became known after this
     * @param to and not after this
     * @param took how long it was grown
     */
    public record Model(
            String id,
            Instant trainedAt,
            Instant from,
            Instant to,
            int rows,
            int trees,
            long seed,
            Duration took) {}
}
