package gpuanalytics.producer.source.synthetic;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who asks: teams, their projects and users, and what kind of requests each project makes.
 *
 * <p>Lengths are the medians and 90th percentiles of public traces:
 *
 * <ul>
 *   <li>Azure LLM inference 2023, conversation (19,366 requests; Patel et al., Splitwise, ISCA
 *       2024): prompts 1,020 and 2,735, completions 129 and 424
 *   <li>the same, code (8,819 requests): prompts 1,469 and 5,194, completions 13 and 55
 *   <li>Mooncake conversation (12,031 requests; Qin et al., FAST '25): prompts 6,909 and 27,367,
 *       completions 350 and 597
 * </ul>
 *
 * The two projects of the night have the lengths of the shorter quarter of Azure's conversations:
 * prompts 207 (10th percentile) and 396 (25th), completions 54 and 85.
 */
final class Tenants {

    /**
     * A project and the requests it makes.
     *
     * @param team the team it belongs to
     * @param name its name
     * @param operation what it asks for
     * @param weight how often it asks, beside the others of its time of day
     * @param prompt how long its prompts are
     * @param completion how long its completions are
     * @param streamShare how many of its answers are streamed
     */
    record Project(
            String team,
            String name,
            String operation,
            double weight,
            TokenLength prompt,
            TokenLength completion,
            double streamShare) {}

    /** A user and the project they work on. */
    record User(String name, Project project) {}

    private static final TokenLength AZURE_CHAT_PROMPT = new TokenLength(1020, 2735);
    private static final TokenLength AZURE_CHAT_COMPLETION = new TokenLength(129, 424);
    private static final TokenLength SHORT_PROMPT = new TokenLength(207, 396);
    private static final TokenLength SHORT_COMPLETION = new TokenLength(54, 85);

    /** What people ask for, by day. */
    private static final List<Project> INTERACTIVE =
            List.of(
                    new Project(
                            "support",
                            "chat-assistant",
                            "chat",
                            0.4,
                            AZURE_CHAT_PROMPT,
                            AZURE_CHAT_COMPLETION,
                            0.9),
                    new Project(
                            "platform",
                            "code-completion",
                            "text_completion",
                            0.3,
                            new TokenLength(1469, 5194),
                            new TokenLength(13, 55),
                            0.8),
                    new Project(
                            "search",
                            "answer-box",
                            "chat",
                            0.2,
                            AZURE_CHAT_PROMPT,
                            AZURE_CHAT_COMPLETION,
                            1),
                    new Project(
                            "research",
                            "document-summary",
                            "chat",
                            0.1,
                            new TokenLength(6909, 27_367),
                            new TokenLength(350, 597),
                            0.7));

    /** What programs ask for; it is most of the night's requests. */
    private static final List<Project> BACKGROUND =
            List.of(
                    new Project(
                            "support",
                            "ticket-triage",
                            "chat",
                            0.5,
                            SHORT_PROMPT,
                            SHORT_COMPLETION,
                            0.4),
                    new Project(
                            "search",
                            "query-rewrite",
                            "text_completion",
                            0.5,
                            SHORT_PROMPT,
                            SHORT_COMPLETION,
                            0.4));

    private static final int USERS_PER_PROJECT = 2;

    private static final Map<Project, List<User>> USERS =
            Stream.concat(INTERACTIVE.stream(), BACKGROUND.stream())
                    .collect(Collectors.toMap(project -> project, Tenants::usersOf));

    /** The teams that machines belong to. */
    private static final List<String> OWNERS =
            List.of("support", "research", "platform", "search", "vision", "speech");

    private Tenants() {}

    private static List<User> usersOf(Project project) {
        return IntStream.range(0, USERS_PER_PROJECT)
                .mapToObj(user -> new User("user-%s-%d".formatted(project.name(), user), project))
                .toList();
    }

    /** How many teams there are that own machines. */
    static int owners() {
        return OWNERS.size();
    }

    /** The team that a machine belongs to. */
    static String teamOf(int machine) {
        return OWNERS.get(machine % OWNERS.size());
    }

    /**
     * A user; the first of a project asks twice as often as the second.
     *
     * @param interactiveShare how many of the requests people make, from 0 to 1
     */
    static User draw(RandomGenerator random, double interactiveShare) {
        var projects = random.nextDouble() < interactiveShare ? INTERACTIVE : BACKGROUND;
        var project = draw(projects, random.nextDouble());
        return requireNonNull(USERS.get(project)).get(random.nextInt(3) / 2);
    }

    private static Project draw(List<Project> projects, double drawn) {
        double sum = 0;
        for (var project : projects) {
            sum += project.weight();
            if (drawn < sum) {
                return project;
            }
        }
        return projects.getLast();
    }
}
