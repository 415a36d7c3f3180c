package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.Coverage;
import java.io.IOException;

/**
 * Rows of the ledger that are read while they are written, in the order of time: one step is in
 * memory, whatever the window. Money in them has 16 digits after the point, so that sums of rows
 * are what {@link LedgerQueries#costs} says of the same, to the micro-dollar.
 *
 * @param coverage when, in whole hours
 * @param notes what its reader must know; what is unpriced or folded stands in the rows alone
 * @param rows the rows, which may be read once
 */
public record LedgerExport<R>(Coverage coverage, Notes notes, Source<R> rows) {

    /**
     * What is true of all rows.
     *
     * @param basis which part of a GPU's time goes to those who used it
     * @param priceVersion names all prices that are used
     * @param openHours how many hours the ledger did not have, so that they are computed
     */
    public record Notes(Basis basis, String priceVersion, int openHours) {}

    /** Has rows. */
    public interface Source<R> {

        /**
         * Hands over every row.
         *
         * @throws IOException what the sink throws
         * @throws gpuanalytics.processor.query.StoreUnavailableException when the store does not
         *     answer any more
         */
        void forEach(Sink<R> sink) throws IOException;
    }

    /** Takes rows. */
    public interface Sink<R> {
        void accept(R row) throws IOException;
    }
}
