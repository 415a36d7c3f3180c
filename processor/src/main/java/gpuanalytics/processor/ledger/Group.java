package gpuanalytics.processor.ledger;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Who used a GPU or, of idle time, whose it is: values of {@link
 * gpuanalytics.processor.query.GroupValue}, null where there is none.
 */
record Group(
        @Nullable String model,
        @Nullable String team,
        @Nullable String user,
        @Nullable String project,
        @Nullable String namespace) {

    private static final Comparator<@Nullable String> TEXT =
            Comparator.nullsFirst(Comparator.<String>naturalOrder());

    static final Comparator<Group> ORDER =
            Comparator.comparing(Group::model, TEXT)
                    .thenComparing(Group::team, TEXT)
                    .thenComparing(Group::user, TEXT)
                    .thenComparing(Group::project, TEXT)
                    .thenComparing(Group::namespace, TEXT);

    /** Whose an idle GPU is. */
    static Group owner(@Nullable String team, @Nullable String namespace) {
        return new Group(null, team, null, null, namespace);
    }
}
