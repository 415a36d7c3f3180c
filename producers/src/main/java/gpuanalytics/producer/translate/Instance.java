package gpuanalytics.producer.translate;

/** What Prometheus, and the Collector after it, call an exporter: its address with its port. */
public final class Instance {

    private Instance() {}

    /** The address without its port. */
    public static String host(String instance) {
        int colon = instance.lastIndexOf(':');
        return colon <= 0 ? instance : instance.substring(0, colon);
    }

    /** Whether a name is an address with a port, and not just anything. */
    public static boolean isAddress(String name) {
        int colon = name.lastIndexOf(':');
        return colon > 0
                && colon < name.length() - 1
                && name.chars().skip(colon + 1L).allMatch(c -> c >= '0' && c <= '9');
    }
}
