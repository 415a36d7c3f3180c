package gpuanalytics.processor.price;

import java.time.Instant;
import java.util.Optional;

/**
 * A list that a book is made of, and where it is from.
 *
 * @param createdAt when it was put; empty for the file
 * @param by who put it; empty for the file
 */
public record KeptList(PriceList list, Optional<Instant> createdAt, Optional<String> by) {

    static KeptList file(PriceList list) {
        return new KeptList(list, Optional.empty(), Optional.empty());
    }
}
