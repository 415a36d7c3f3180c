package gpuanalytics.processor.budget;

import java.util.Optional;

/**
 * Whose spending: all of it that has every value that is there.
 *
 * @param team a team; empty for every
 * @param user a user; empty for every
 * @param model a model; empty for every
 * @param project a project; empty for every
 */
public record SpendScope(
        Optional<String> team,
        Optional<String> user,
        Optional<String> model,
        Optional<String> project) {}
