package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.RefusedListException;
import java.util.List;
import java.util.Optional;

/** The prices that hold on every processor. Any thread may ask. */
public interface Prices {

    /**
     * The book, at most as old as the configuration allows.
     *
     * @throws gpuanalytics.processor.query.StoreUnavailableException when it is older and the store
     *     does not answer
     */
    PriceBook book();

    /** What the book is made of, the earliest first; throws as {@link #book} does. */
    List<KeptList> lists();

    /** What was configured: the market that GPUs are bought in, and the limits. */
    PriceConfig config();

    /** What was changed. */
    record Change(PriceBook book, Optional<KeptList> added) {}

    /**
     * Takes a list in, over those before it; one that says nothing new is not kept again, so that a
     * request may be repeated.
     *
     * @param by who puts it
     * @throws RefusedListException with everything in it that contradicts what there is
     * @throws gpuanalytics.processor.query.StoreUnavailableException when the store does not
     *     answer; the list may have been taken in, or not
     */
    Change put(PriceList list, String by) throws RefusedListException;
}
