package gpuanalytics.producer.source.synthetic;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Who asks: teams, their projects and users, and what kind of requests each project makes. */
final class Tenants {

    /**
     * A project and the requests it makes.
     *
     * @param team the team it belongs to
     * @param name its name
     * @param operation what it asks for
     * @param promptTokens mean length of its prompts
     * @param completionTokens mean length of its completions
     * @param streamShare how many of its answers are streamed
     */
    record Project(
            String team,
            String name,
            String operation,
            double promptTokens,
            double completionTokens,
            double streamShare) {}

    /** A user and the project they work on. */
    record User(String name, Project project) {}

    private static final List<Project> PROJECTS =
            List.of(
                    new Project("support", "chat-assistant", "chat", 1200, 220, 0.9),
                    new Project("support", "ticket-triage", "chat", 400, 30, 0),
                    new Project("research", "document-summary", "chat", 3200, 350, 0.3),
                    new Project("platform", "code-completion", "text_completion", 1800, 40, 0.8),
                    new Project("search", "query-rewrite", "text_completion", 250, 25, 0),
                    new Project("search", "answer-box", "chat", 1600, 160, 1));

    private static final int USERS_PER_PROJECT = 2;

    private static final List<User> USERS =
            PROJECTS.stream()
                    .flatMap(
                            project ->
                                    IntStream.range(0, USERS_PER_PROJECT)
                                            .mapToObj(
                                                    user ->
                                                            new User(
                                                                    "user-%s-%d"
                                                                            .formatted(
                                                                                    project.name(),
                                                                                    user),
                                                                    project)))
                    .toList();

    private Tenants() {}

    /** The team that a machine belongs to. */
    static String teamOf(int machine) {
        return PROJECTS.get(machine * 2 % PROJECTS.size()).team();
    }

    /** A user; the first of a project asks twice as often as the second. */
    static User draw(RandomGenerator random) {
        int project = random.nextInt(PROJECTS.size());
        int user = random.nextInt(3) / 2;
        return USERS.get(project * USERS_PER_PROJECT + user);
    }

    /** Mean prompt length over all users. */
    static double meanPromptTokens() {
        return PROJECTS.stream().mapToDouble(Project::promptTokens).average().orElseThrow();
    }

    /** Mean completion length over all users. */
    static double meanCompletionTokens() {
        return PROJECTS.stream().mapToDouble(Project::completionTokens).average().orElseThrow();
    }
}
