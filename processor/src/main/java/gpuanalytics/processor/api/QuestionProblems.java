package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerBehindException;
import gpuanalytics.processor.letter.LettersUnavailableException;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryTimeoutException;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.WorkTimeoutException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a question has no answer, as a problem. */
final class QuestionProblems {

    private static final Logger log = LoggerFactory.getLogger(QuestionProblems.class);

    private static final String RETRY_AFTER_S = "5";

    private final Supplier<HealthReport> health;

    QuestionProblems(Supplier<HealthReport> health) {
        this.health = health;
    }

    /** The problem, where the failure is one of a question. */
    Optional<Problem> of(Throwable failure) {
        return Optional.ofNullable(
                switch (failure) {
                    case InvalidQueryException invalid ->
                            Problem.invalidParameter(
                                    invalid.parameter(), invalid.value(), invalid.expected());
                    case StoreUnavailableException away -> storeUnavailable(away);
                    case LettersUnavailableException away -> lettersUnavailable(away);
                    case LedgerBehindException behind ->
                            Problem.of(503, "ledger-behind", String.valueOf(behind.getMessage()))
                                    .withHeader("retry-after", RETRY_AFTER_S);
                    case QueryTimeoutException late -> late(late);
                    case WorkTimeoutException late -> late(late);
                    default -> null;
                });
    }

    private Problem storeUnavailable(StoreUnavailableException away) {
        log.atWarn().addKeyValue("cause", away.getCause()).log("store did not answer a query");
        return unavailable(
                storeThatIsDown()
                        .map(QuestionProblems::sinceWhen)
                        .orElse("the store does not answer"));
    }

    private static Problem lettersUnavailable(LettersUnavailableException away) {
        log.atWarn().setCause(away).log("the dead letters cannot be read");
        return Problem.of(503, "letters-unavailable", String.valueOf(away.getMessage()))
                .withHeader("retry-after", RETRY_AFTER_S);
    }

    /** A store that is away shows itself as a query that gets no answer, too. */
    private Problem late(RuntimeException late) {
        return storeThatIsDown()
                .map(store -> unavailable(sinceWhen(store)))
                .orElseGet(
                        () ->
                                Problem.of(
                                        504,
                                        "timeout",
                                        late.getMessage()
                                                + ", expected a shorter range, a filter or a"
                                                + " longer step"));
    }

    private static Problem unavailable(String detail) {
        return Problem.of(503, "store-unavailable", detail)
                .withHeader("retry-after", RETRY_AFTER_S);
    }

    private Optional<HealthReport.Part> storeThatIsDown() {
        return health.get().parts().stream()
                .filter(part -> part.name().equals("store") && !part.up())
                .findAny();
    }

    private static String sinceWhen(HealthReport.Part store) {
        return "the store does not answer since %s: %s".formatted(store.since(), store.detail());
    }
}
