package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.query.Coverage;
import gpuanalytics.service.http.Answer;
import java.io.IOException;
import java.util.HashMap;

/** Says what an answer covers, which may be more than what was asked for. */
final class CoverageParts {

    /** CSV has no place for what is true of all rows, so it stands in a header as well. */
    static final String HEADER = "Answered-Window";

    private CoverageParts() {}

    static void write(JsonGenerator json, Coverage coverage) throws IOException {
        var window = coverage.window();
        json.writeStringField("from", window.from().toString());
        json.writeStringField("to", window.to().toString());
        json.writeNumberField("step_s", window.stepLength().toSeconds());
        json.writeNumberField("bucket_s", window.bucket().toSeconds());
        json.writeBooleanField("complete", coverage.complete());
        json.writeStringField("kept_since", coverage.keptSince().toString());
    }

    static Answer inHeader(Answer answer, Coverage coverage) {
        var window = coverage.window();
        var headers = new HashMap<>(answer.headers());
        headers.put(
                HEADER,
                "from=%s; to=%s; step_s=%d; bucket_s=%d; complete=%s; kept_since=%s"
                        .formatted(
                                window.from(),
                                window.to(),
                                window.stepLength().toSeconds(),
                                window.bucket().toSeconds(),
                                coverage.complete(),
                                coverage.keptSince()));
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }
}
