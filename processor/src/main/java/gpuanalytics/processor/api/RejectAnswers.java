package gpuanalytics.processor.api;

import gpuanalytics.processor.letter.Letter;
import gpuanalytics.processor.letter.Letters;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.util.List;

/** Answers {@code /rejects}: the latest rejected records, and why. */
final class RejectAnswers {

    static final List<String> PARAMETERS = List.of("limit", "format");

    /** Each may have a value of a few kilobytes. */
    private static final int MAX_LIMIT = 500;

    private static final List<Column<Letter>> COLUMNS =
            List.of(
                    new Column<>("letter", Letter::letter),
                    new Column<>("at", Letter::at),
                    new Column<>("reason", Letter::reason),
                    new Column<>("detail", Letter::detail),
                    new Column<>("topic", Letter::topic),
                    new Column<>("partition", Letter::partition),
                    new Column<>("offset", Letter::offset),
                    new Column<>("item", Letter::item),
                    new Column<>("door", Letter::door),
                    new Column<>("value_bytes", Letter::valueBytes),
                    new Column<>("cut", Letter::cut),
                    new Column<>("value", Letter::value));

    private final Letters letters;

    RejectAnswers(Letters letters) {
        this.letters = letters;
    }

    Answer respond(Endpoint.Request request) {
        var newest = letters.newest(LimitParameter.of(new QueryParameters(request), MAX_LIMIT));
        return new Table<>(COLUMNS, newest.letters())
                .answer(request, "rejects", json -> json.writeNumberField("kept", newest.kept()));
    }
}
