package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.replay.table.AgeLimits;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.Row;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's usage report. A row is a bucket of time and tells how many requests used how many
 * tokens: it gives that many requests, and their tokens add up to the bucket's. They are known by
 * what the bucket is about, so that exports which overlap count once, and a bucket that has grown
 * since supersedes what was told of it before.
 */
final class OpenAiBuckets implements RequestReader {

    private static final String PROVIDER = "openai";

    /** More in one bucket are better exported by the hour or the minute. */
    private static final long MAX_REQUESTS = 1_000_000;

    private final AgeLimits ages;

    OpenAiBuckets(AgeLimits ages) {
        this.ages = ages;
    }

    @Override
    public Iterator<Event> requests(Row row) throws BadCell {
        var prompt = Cells.wholeNumber(row, "input_tokens");
        var completion = Cells.wholeNumber(row, "output_tokens");
        var requests = Cells.wholeNumber(row, "num_model_requests");
        if (requests == null && prompt == null && completion == null) {
            // nothing was used in that time
            return Collections.emptyIterator();
        }
        if (requests == null || requests < 1 || requests > MAX_REQUESTS) {
            throw new BadCell(
                    DropReason.OUT_OF_RANGE,
                    "num_model_requests is %s, expected 1 to %,d: more are exported by hours or minutes"
                            .formatted(requests, MAX_REQUESTS));
        }
        var start = ages.checked(Cells.epochSeconds(row, "start_time"));
        var bucket =
                new Bucket(
                        start,
                        identity(row),
                        requests,
                        prompt,
                        completion,
                        Cells.wholeNumber(row, "input_cached_tokens"));
        // the first has the most of everything: what the contract says of it holds for all
        var first = bucket.request(row, 0);
        RequestReader.built(first);
        return LongStream.range(0, requests)
                .mapToObj(
                        index -> bucket.request(row, index).set(TokenUsage.SOURCE, SOURCE).build())
                .iterator();
    }

    /** What a bucket is about. */
    private static String identity(Row row) {
        var about =
                Stream.of(
                                "start_time",
                                "end_time",
                                "project_id",
                                "user_id",
                                "api_key_id",
                                "model",
                                "batch",
                                "service_tier",
                                "api_source")
                        .map(column -> String.valueOf(row.get(column)))
                        .collect(Collectors.joining("\u001f"));
        return "openai-usage-" + Digests.idOf(about);
    }

    /** A bucket's requests, whose tokens are shared as evenly as whole numbers can be. */
    private record Bucket(
            Instant start,
            String identity,
            long requests,
            @Nullable Long prompt,
            @Nullable Long completion,
            @Nullable Long cached) {

        Event.Builder request(Row row, long index) {
            var model = row.get("model");
            return TokenUsage.builder()
                    .set(TokenUsage.TS, start)
                    .set(TokenUsage.REQUEST_ID, identity + "-" + index)
                    .set(TokenUsage.PROVIDER, PROVIDER)
                    .set(TokenUsage.MODEL, model == null ? UNKNOWN_MODEL : model)
                    .set(TokenUsage.PROMPT_TOKENS, share(prompt, index))
                    .set(TokenUsage.COMPLETION_TOKENS, share(completion, index))
                    .set(TokenUsage.CACHED_PROMPT_TOKENS, share(cached, index))
                    .set(TokenUsage.PROJECT, row.get("project_id"))
                    .set(TokenUsage.USER, row.get("user_id"));
        }

        private @Nullable Long share(@Nullable Long tokens, long index) {
            if (tokens == null) {
                return null;
            }
            return tokens / requests + (index < tokens % requests ? 1 : 0);
        }
    }
}
