package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.service.http.Answer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says what an answer covers, which may be more than what was asked for.
 *
 * @param coverage what it covers
 * @param zone the zone of its times
 */
record CoverageParts(Coverage coverage, ZoneId zone) {

    /** CSV has no place for what is true of all rows, so it stands in a header as well. */
    static final String HEADER = "Answered-Window";

    private static final String NONE = "";

    void write(JsonGenerator json) throws IOException {
        var window = coverage.window();
        json.writeStringField("from", window.from().toString());
        json.writeStringField("to", window.to().toString());
        json.writeStringField("tz", zoneName());
        json.writeStringField("step", window.step().text());
        json.writeFieldName("step_s");
        JsonValues.write(json, stepSeconds());
        json.writeNumberField("bucket_s", window.bucket().toSeconds());
        json.writeBooleanField("exact", coverage.exact());
        json.writeBooleanField("complete", coverage.complete());
        json.writeStringField("kept_since", coverage.keptSince().toString());
    }

    Answer inHeader(Answer answer) {
        var window = coverage.window();
        var seconds = stepSeconds();
        var headers = new HashMap<>(answer.headers());
        headers.put(
                HEADER,
                "from=%s; to=%s; step_s=%s; bucket_s=%d; complete=%s; kept_since=%s; exact=%s; step=%s; tz=%s"
                        .formatted(
                                window.from(),
                                window.to(),
                                seconds == null ? NONE : seconds,
                                window.bucket().toSeconds(),
                                coverage.complete(),
                                coverage.keptSince(),
                                coverage.exact(),
                                window.step().text(),
                                zoneName()));
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    private String zoneName() {
        return zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    }

    /** A time of a row, with the offset that the zone has then; in UTC as it is. */
    Object local(Instant time) {
        return zone.equals(ZoneOffset.UTC) ? time : time.atZone(zone).toOffsetDateTime();
    }

    /** The length of a step; null where steps differ in length. */
    private @Nullable Long stepSeconds() {
        QueryWindow window = coverage.window();
        return switch (window.step()) {
            case Step.Total _ -> window.length().toSeconds();
            case Step.Fixed(Duration length) -> length.toSeconds();
            case Step.Calendar(Step.Unit unit, ZoneId of, Duration _) ->
                    of.getRules().isFixedOffset() ? daySeconds(unit) : null;
        };
    }

    private static @Nullable Long daySeconds(Step.Unit unit) {
        return switch (unit) {
            case DAY -> Duration.ofDays(1).toSeconds();
            case WEEK -> Duration.ofDays(7).toSeconds();
            case MONTH -> null;
        };
    }
}
