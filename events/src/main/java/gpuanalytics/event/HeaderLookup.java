package gpuanalytics.event;

import org.jspecify.annotations.Nullable;

/** The headers of a record, read by name. */
@FunctionalInterface
public interface HeaderLookup {

    /** A record without headers. */
    HeaderLookup NONE = name -> null;

    /** The value of the last header of this name, or null where there is none. */
    byte @Nullable [] get(String name);
}
