package gpuanalytics.service.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What is answered.
 *
 * @param endpoints every path with every method
 * @param problemOf the problem that a program's own exception is, where it knows it
 * @param expectedPath what is expected instead of a path that there is not, in words
 */
public record Routes(
        List<Endpoint> endpoints,
        Function<Throwable, Optional<Problem>> problemOf,
        UnaryOperator<String> expectedPath) {

    public Routes {
        endpoints = List.copyOf(endpoints);
    }

    /** Endpoints that know no exceptions of their own. */
    public static Routes of(List<Endpoint> endpoints) {
        var paths =
                endpoints.stream().map(Endpoint::path).distinct().collect(Collectors.joining(", "));
        return new Routes(endpoints, _ -> Optional.empty(), _ -> "one of " + paths);
    }
}
