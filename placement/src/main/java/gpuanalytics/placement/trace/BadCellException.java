package gpuanalytics.placement.trace;

/** What makes a row useless: the column, its value and what was expected. */
final class BadCellException extends Exception {

    private static final long serialVersionUID = 1L;

    BadCellException(String column, String value, String expected) {
        super("%s is %s, expected %s".formatted(column, value, expected), null, false, false);
    }
}
