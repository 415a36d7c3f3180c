package gpuanalytics.producer.receive;

import gpuanalytics.event.Decoded.Rejected;
import java.util.List;
import java.util.Optional;

/**
 * What has become of the items of a request, all of which are in Kafka now: the accepted ones as
 * events, the others as dead letters.
 *
 * @param refusals for each item, in order, why it was refused; empty for an accepted one
 */
public record Receipt(List<Optional<Rejected>> refusals) {

    public Receipt {
        refusals = List.copyOf(refusals);
    }

    public int refused() {
        return (int) refusals.stream().filter(Optional::isPresent).count();
    }

    public int accepted() {
        return refusals.size() - refused();
    }

    /** Why the first refused item was. */
    public Optional<Rejected> firstRefusal() {
        return refusals.stream().flatMap(Optional::stream).findFirst();
    }
}
