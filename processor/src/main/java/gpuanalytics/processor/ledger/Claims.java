package gpuanalytics.processor.ledger;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who asks for the time of GPUs in one minute. */
final class Claims {

    /**
     * A group on a GPU.
     *
     * @param instance the MIG instance that its usages name; the empty text for the GPU itself
     */
    private record Claimant(String instance, Group group) {

        /** What is left over in a split depends on the order, so there is one. */
        static final Comparator<Claimant> ORDER =
                Comparator.comparing(Claimant::instance)
                        .thenComparing(Claimant::group, Group.ORDER);
    }

    /** What a group asks for. */
    record Claimed(Group group, Claim claim) {}

    private final Map<String, TreeMap<Claimant, Claim>> byBoard = new HashMap<>();

    void add(String board, String instance, Group group, Claim claim) {
        byBoard.computeIfAbsent(board, _ -> new TreeMap<>(Claimant.ORDER))
                .merge(new Claimant(instance, group), claim, Claim::and);
    }

    /**
     * What is asked for of one part of a GPU: by those who name it, and, of who names the GPU as a
     * whole or an instance that has no samples, an equal share in each part.
     */
    List<Claimed> of(String board, Board.Part part, List<Board.Part> parts) {
        var claims = byBoard.get(board);
        if (claims == null) {
            return List.of();
        }
        var claimed = new ArrayList<Claimed>(claims.size());
        claims.forEach(
                (claimant, claim) -> {
                    if (parts.size() == 1 || isOf(claimant, part)) {
                        claimed.add(new Claimed(claimant.group, claim));
                    } else if (parts.stream().noneMatch(other -> isOf(claimant, other))) {
                        var share = claim.share(1.0 / parts.size());
                        claimed.add(new Claimed(claimant.group, share));
                    }
                });
        return claimed;
    }

    private static boolean isOf(Claimant claimant, Board.Part part) {
        return !claimant.instance.isEmpty() && claimant.instance.equals(Board.instance(part.row()));
    }
}
