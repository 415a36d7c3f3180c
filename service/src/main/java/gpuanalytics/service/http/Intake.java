package gpuanalytics.service.http;

import java.util.Map;

/**
 * How an endpoint takes requests in.
 *
 * @param admission decides by the headers, before anything of the body is read
 * @param budget what the bodies of requests under way may hold together
 * @param refusal how a problem is put into words
 */
public record Intake(Admission admission, ByteBudget budget, Refusal refusal) {

    /** Everybody, any number of bytes, and problems as RFC 9457 has them. */
    public static final Intake OPEN =
            new Intake(_ -> {}, ByteBudget.unlimited(), (problem, _) -> problem.answer());

    /** Decides whether a request is taken. */
    @FunctionalInterface
    public interface Admission {

        /**
         * Lets a request in.
         *
         * @param headers the request's headers by name in lower case
         * @throws ProblemException where it is not let in
         */
        void check(Map<String, String> headers);
    }

    /** Makes the answer that a problem is. */
    @FunctionalInterface
    public interface Refusal {

        /**
         * The answer.
         *
         * @param contentType what the request says that its body is; empty where it says nothing
         */
        Answer of(Problem problem, String contentType);
    }
}
