package gpuanalytics.processor.ledger;

/** The ledger does not have too many of the hours that are asked for; it is computing them. */
public final class LedgerBehindException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * @param hours how many it does not have
     * @param most how many an answer computes itself
     */
    public LedgerBehindException(int hours, int most) {
        super(
                "the ledger is computing %d hours of this time, and an answer computes at most %d itself (LEDGER_MAX_OPEN_HOURS): ask again, or for a shorter time"
                        .formatted(hours, most));
    }
}
