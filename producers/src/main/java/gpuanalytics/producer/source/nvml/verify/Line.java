package gpuanalytics.producer.source.nvml.verify;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param compared samples that had something to be compared with
 * @param worst how far apart they were at most
 * @param allowed how far apart they may be
 * @param last the last values, ours first
 */
record Line(
        String reading,
        String unit,
        int samples,
        int compared,
        String worst,
        String allowed,
        String last,
        String verdict,
        boolean good) {

    private static final String FORMAT = "%-17s %-5s %7s %8s %12s %-22s %-30s %s";

    static String header() {
        return String.format(
                Locale.ROOT,
                FORMAT,
                "reading",
                "unit",
                "samples",
                "compared",
                "worst",
                "allowed",
                "last (ours | nvidia-smi)",
                "verdict");
    }

    String print() {
        return String.format(
                Locale.ROOT,
                FORMAT,
                reading,
                unit,
                samples,
                compared,
                worst,
                allowed,
                last,
                verdict);
    }
}
