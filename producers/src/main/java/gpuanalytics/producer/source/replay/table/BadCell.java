package gpuanalytics.producer.source.replay.table;

/** What makes a row useless. */
public final class BadCell extends Exception {
    private static final long serialVersionUID = 1L;

    private final DropReason reason;
    private final String detail;

    /**
     * @param detail the column, its value and what was expected
     */
    public BadCell(DropReason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
        this.detail = detail;
    }

    public DropReason reason() {
        return reason;
    }

    public String detail() {
        return detail;
    }
}
