package gpuanalytics.event;

import static gpuanalytics.event.Samples.rejected;
import static gpuanalytics.event.Samples.smallestWith;
import static gpuanalytics.event.Samples.smallestWithout;
import static gpuanalytics.event.Samples.valid;
import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests failed, by what senders of all kinds say of how they ended. */
class RequestStatusTest {

    private static final Path PAGE = Path.of("../docs/event-contract.md");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "failure",
                "FAILED",
                "Error",
                "ERRORS",
                "exception",
                "timeout",
                "Timed Out",
                "timed-out",
                "cancelled",
                "CANCELED",
                "abort",
                "rate_limited",
                "RateLimitExceeded",
                "rate limit exceeded",
                "RESOURCE_EXHAUSTED",
                "DEADLINE_EXCEEDED",
                "STATUS_CODE_ERROR",
                "status.failed",
                "api_error",
                "APIConnectionError",
                "overloaded_error",
                "ReadTimeout",
                "InternalServerError",
                "HTTPException",
                "error: upstream went away",
                "failed (3 of 3)",
                "Timeout, 30 s",
                " expired ",
                "400",
                "404",
                "429",
                "499",
                "500",
                "503",
                "529",
                "599",
                "429 Too Many Requests",
                "503: Service Unavailable",
                "HTTP 500",
                "http_502",
                "HTTP/1.1 504 Gateway Timeout",
                "HTTP/2 408",
                "4xx",
                "5XX",
                "HTTP 5xx",
                "error 500",
                "UNKNOWN_ERROR_500",
                "status 503"
            })
    void saysOfThisThatItFailed(String status) {
        assertTrue(RequestStatus.isFailedStatus(status), status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ok",
                "OK",
                "success",
                "Succeeded",
                "completed",
                "complete",
                "done",
                "stop",
                "length",
                "max_tokens",
                "end_turn",
                "tool_calls",
                "content_filter",
                "STOP",
                "incomplete",
                "in_progress",
                "STATUS_CODE_OK",
                "STATUS_CODE_UNSET",
                "no_error",
                "NoErrors",
                "without failure",
                "success_after_failure",
                "recovered from error",
                "not_failed",
                "100",
                "200",
                "200 OK",
                "201",
                "302",
                "399",
                "HTTP 200",
                "HTTP/2 204",
                "2xx",
                "3xx redirects",
                "max_tokens_512",
                "status 200",
                "no_error_404",
                "0",
                "14",
                "4290",
                "42900",
                "-",
                "?",
                "timeouts_seen_0",
                "failover",
                "errorless"
            })
    void saysNothingOfThis(String status) {
        assertFalse(RequestStatus.isFailedStatus(status), status);
    }

    @ParameterizedTest
    @CsvSource({
        "timeout, true",
        "500, true",
        "_OTHER, true",
        "whatever, true",
        "none, false",
        "None, false",
        "OK, false",
        "no error, false",
        "null, false",
    })
    void anErrorTypeIsAnErrorUnlessItSaysThatThereIsNone(String errorType, boolean failed) {
        assertEquals(failed, RequestStatus.isFailure(errorType, null));
        assertTrue(RequestStatus.isFailure(errorType, "500"));
    }

    /** Where no error type is said, and whatever else is. */
    @ParameterizedTest
    @CsvSource({
        "error, '\"model not found\"', model not found",
        "error, true, error",
        "error, '{\"message\":\"slow down\"}', error",
        "error, '{\"type\":null,\"code\":null,\"message\":\"slow down\"}', error",
        "error, '{\"type\":\"overloaded_error\",\"message\":\"x\"}', overloaded_error",
        "error, '{\"code\":429,\"message\":\"x\"}', 429",
        "error, '[\"a\"]', error",
        "error, '\"two\\nlines\"', error",
        "errorCode, '\"rate_limited\"', rate_limited",
        "error_code, '\"rate_limited\"', rate_limited",
        "error_code, 503, 503",
        "error_message, '\"boom\"', boom",
        "error, null, ",
        "error, false, ",
        "error, '\"\"', ",
        "error, '\" None \"', ",
        "error, '{}', ",
        "error, '{\"message\":null}', ",
        "error, '[]', ",
        "error_code, 0, ",
        "error_code, '\"200\"', ",
    })
    void whatSaysThatItFailedIsAnErrorType(String name, String value, @Nullable String errorType) {
        var members = smallestWith(EventTopic.TOKEN_USAGE, name, value);
        var without = withoutTokensAnd(name, value);

        var event = valid(EventTopic.TOKEN_USAGE, members);

        assertEquals(errorType, event.get(TokenUsage.ERROR_TYPE));
        if (errorType == null) {
            rejected(EventTopic.TOKEN_USAGE, without);
        } else {
            assertNull(valid(EventTopic.TOKEN_USAGE, without).get(TokenUsage.PROMPT_TOKENS));
        }
        members.put("error_type", "\"told\"");
        assertEquals("told", valid(EventTopic.TOKEN_USAGE, members).get(TokenUsage.ERROR_TYPE));
    }

    @ParameterizedTest
    @CsvSource({
        "error_type, '\"overloaded\"'",
        "error.type, '\"429\"'",
        "status, '\"cancelled\"'",
        "status, '\"504\"'",
        "status, 504",
        "status, 5.03e2",
        "finished_reason, '\"abort\"'",
    })
    void aRequestThatFailedNeedsNoTokens(String name, String value) {
        var members = withoutTokensAnd(name, value);

        var event = valid(EventTopic.TOKEN_USAGE, members);

        assertNull(event.get(TokenUsage.PROMPT_TOKENS));
        assertNull(event.get(TokenUsage.COMPLETION_TOKENS));
    }

    @ParameterizedTest
    @CsvSource({
        "status, '\"stop\"'",
        "status, 200",
        "status, null",
        "error_type, '\"none\"'",
        "error_type, '\"\"'",
        "latency_ms, 3",
    })
    void aRequestWithoutTokensThatDidNotFailIsRefusedByName(String name, String value) {
        var members = withoutTokensAnd(name, value);

        var rejected = rejected(EventTopic.TOKEN_USAGE, members);

        assertEquals(RejectReason.MISSING_FIELD, rejected.reason());
        assertEquals(
                "prompt_tokens and completion_tokens are missing, one of them is required unless"
                        + " error_type or status says that the request failed",
                rejected.detail());
    }

    @ParameterizedTest
    @CsvSource({"429, 429", "429.0, 429", "4.29e2, 429", "0, 0", "-0.0, 0", "999999, 999999"})
    void aStatusMayBeAWholeNumber(String sent, String text) {
        var members = smallestWithout(EventTopic.TOKEN_USAGE, "status");
        members.put("status", sent);

        assertEquals(text, valid(EventTopic.TOKEN_USAGE, members).get(TokenUsage.STATUS));
    }

    @Test
    void thePageListsTheWords() throws IOException {
        assertEquals(new TreeSet<>(RequestStatus.FAILURES), listed("Statuses of failures"));
        assertEquals(new TreeSet<>(RequestStatus.LAST_WORDS), listed("Last words of failures"));
        assertEquals(new TreeSet<>(RequestStatus.DENIALS), listed("First words of no failure"));
        assertEquals(new TreeSet<>(RequestStatus.NO_ERROR), listed("Error types of no error"));
    }

    private static Map<String, String> withoutTokensAnd(String name, String value) {
        var members = smallestWithout(EventTopic.TOKEN_USAGE, "prompt_tokens");
        members.remove("completion_tokens");
        members.put(name, value);
        return members;
    }

    /** The words in code type in the row of the page's table that begins so. */
    private static Set<String> listed(String row) throws IOException {
        var line =
                Files.readAllLines(PAGE).stream()
                        .filter(each -> each.startsWith("| " + row + " |"))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no row " + row));
        return Pattern.compile("`([^`]+)`")
                .matcher(line)
                .results()
                .map(found -> found.group(1))
                .collect(toCollection(TreeSet::new));
    }
}
