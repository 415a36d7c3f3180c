package gpuanalytics.producer.source.replay.table;

import java.util.Locale;

/** Why a row of a trace gives no event. */
public enum DropReason {
    MISSING_VALUE("a value that the event needs is empty"),
    BAD_NUMBER(
            "a number is not one, or has separators as a spreadsheet writes them, such as"
                    + " `1,234`"),
    BAD_TIME(
            "a time is not one, or is as a spreadsheet saves it again, such as `11/16/2023 18:17`:"
                    + " without its seconds or its zone it is not the time that it was"),
    OUT_OF_RANGE("a value is one that the event contract does not allow"),
    NO_TOKENS("no token was read or written"),
    TOO_FEW_CELLS("it has fewer cells than the header"),
    TOO_MANY_CELLS("it has more cells than the header, and not only empty ones"),
    LINE_TOO_LONG(
            "its line is longer than 1 Mi characters, or read live than"
                    + " `NVIDIA_SMI_MAX_LINE_BYTES`"),
    UNFINISHED_LINE("read live, its line has begun and will not end: who wrote it has gone"),
    NO_HEADER("read live, no header stands above it and `NVIDIA_SMI_COLUMNS` is not set"),
    NOT_JSON("it is not JSON; what follows in the same document is not read"),
    TOO_OLD("its time is further back than `MAX_EVENT_AGE_DAYS`"),
    FROM_THE_FUTURE("its time is further ahead than `MAX_EVENT_LEAD_S`"),
    OUT_OF_ORDER(
            "it lies before a row above it, in a file that must be sorted by time to be joined"),
    DUPLICATE("the GPU has this reading at this time already"),
    TOO_MANY_AT_ONCE("more GPUs have a reading at one time than can be joined");

    private final String meaning;

    DropReason(String meaning) {
        this.meaning = meaning;
    }

    /** The reason in words, to follow "a row is dropped because". */
    public String meaning() {
        return meaning;
    }

    /** The name, as in metrics and messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
