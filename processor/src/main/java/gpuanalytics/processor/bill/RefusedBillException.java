package gpuanalytics.processor.bill;

import java.io.Serial;

/** A body that is no bill that can be read: the thing, its value and what was expected. */
public final class RefusedBillException extends Exception {

    @Serial private static final long serialVersionUID = 1;

    private final String thing;
    private final String value;
    private final String expected;

    RefusedBillException(String thing, String value, String expected) {
        super("%s is %s, expected %s".formatted(thing, value, expected));
        this.thing = thing;
        this.value = value;
        this.expected = expected;
    }

    public String thing() {
        return thing;
    }

    public String value() {
        return value;
    }

    public String expected() {
        return expected;
    }
}
