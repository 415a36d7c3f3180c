package gpuanalytics.event;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request failed, by what its usage says of how it ended: {@code error_type}, and {@code
 * status} as an HTTP code or in words. The words stand in {@code docs/event-contract.md} too.
 */
public final class RequestStatus {

    /** The largest code that a status may be as a number. */
    public static final int MAX_CODE = 999_999;

    /** Statuses of requests that failed, in lower case, their words parted by {@code _}. */
    static final Set<String> FAILURES =
            Set.of(
                    "abort",
                    "aborted",
                    "bad_gateway",
                    "bad_request",
                    "cancel",
                    "canceled",
                    "cancelled",
                    "client_closed_request",
                    "client_disconnected",
                    "context_length_exceeded",
                    "crash",
                    "crashed",
                    "data_loss",
                    "deadline_exceeded",
                    "denied",
                    "disconnected",
                    "err",
                    "errored",
                    "expired",
                    "fail",
                    "fatal",
                    "forbidden",
                    "insufficient_quota",
                    "internal",
                    "interrupted",
                    "invalid",
                    "invalid_argument",
                    "invalid_request",
                    "killed",
                    "not_found",
                    "not_ok",
                    "oom",
                    "oom_killed",
                    "out_of_memory",
                    "overloaded",
                    "permission_denied",
                    "quota_exceeded",
                    "rate_limit",
                    "rate_limit_exceeded",
                    "rate_limited",
                    "ratelimited",
                    "refused",
                    "rejected",
                    "resource_exhausted",
                    "service_unavailable",
                    "throttled",
                    "throttling",
                    "timed_out",
                    "too_many_requests",
                    "unauthenticated",
                    "unauthorized",
                    "unavailable",
                    "unimplemented",
                    "unreachable",
                    "unsuccessful");

    /** A status whose last word is one of these failed too, see {@link #DENIALS}. */
    static final Set<String> LAST_WORDS =
            Set.of("error", "errors", "exception", "failed", "failure", "timeout");

    /** A status that begins with one of these did not fail, whatever its last word is. */
    static final Set<String> DENIALS =
            Set.of("no", "non", "not", "ok", "recovered", "success", "without");

    /** What some senders put into {@code error_type} where there was no error. */
    static final Set<String> NO_ERROR = Set.of("no_error", "none", "null", "ok", "success");

    private static final int FIRST_FAILURE = 400;

    /**
     * A code of HTTP or the class of one ({@code 5xx}), perhaps with its protocol before it and its
     * phrase behind it.
     */
    private static final Pattern CODE =
            Pattern.compile("(?:http(?:/[0-9.]+)?[ _-]?)?(?:([0-9]{3})(?![0-9])|([1-5])xx\\b)");

    /** A code of a failure behind words: where there are some they tell whether it is one. */
    private static final Pattern CODE_BEHIND = Pattern.compile("(?:^|_)[45][0-9]{2}$");

    /** What comes after it explains the status. */
    private static final Pattern EXPLANATION = Pattern.compile("[:;,(].*");

    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern ACRONYM = Pattern.compile("(?<=[A-Z])(?=[A-Z][a-z])");
    private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s._-]+");
    private static final Pattern PREFIX = Pattern.compile("^(?:status_code_|status_)");

    private RequestStatus() {}

    /** Whether a whole number is taken for a field's text: its digits are the text. */
    public static boolean takesCodes(Field<?> field) {
        return field.equals(TokenUsage.STATUS);
    }

    /** Whether a request that ended so failed. */
    public static boolean isFailure(@Nullable String errorType, @Nullable String status) {
        return (errorType != null && isErrorType(errorType))
                || (status != null && isFailedStatus(status));
    }

    /** Whether an {@code error_type} names an error. */
    public static boolean isErrorType(String errorType) {
        return !NO_ERROR.contains(words(errorType));
    }

    /** Whether a {@code status} says that the request failed. */
    public static boolean isFailedStatus(String status) {
        var text = status.strip();
        var code = CODE.matcher(text.toLowerCase(Locale.ROOT));
        if (code.lookingAt()) {
            var ofClass = code.group(2) == null ? code.group(1) : code.group(2) + "00";
            return Integer.parseInt(ofClass) >= FIRST_FAILURE;
        }
        var words = words(EXPLANATION.matcher(text).replaceFirst(""));
        var behind = CODE_BEHIND.matcher(words);
        if (behind.find()) {
            if (behind.start() == 0) {
                return true; // "status 500"
            }
            words = words.substring(0, behind.start());
        }
        if (FAILURES.contains(words)) {
            return true;
        }
        var first = words.substring(0, end(words, words.indexOf('_')));
        var last = words.substring(words.lastIndexOf('_') + 1);
        return LAST_WORDS.contains(last) && !DENIALS.contains(first);
    }

    private static int end(String words, int separator) {
        return separator < 0 ? words.length() : separator;
    }

    /**
     * In lower case, words parted by {@code _}: RateLimitExceeded and rate-limit exceeded alike.
     */
    private static String words(String text) {
        var parted = CAMEL.matcher(text.strip()).replaceAll("_");
        parted = ACRONYM.matcher(parted).replaceAll("_");
        parted = BETWEEN_WORDS.matcher(parted).replaceAll("_").toLowerCase(Locale.ROOT);
        return PREFIX.matcher(parted).replaceFirst("");
    }
}
