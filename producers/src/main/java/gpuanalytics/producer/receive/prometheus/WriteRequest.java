package gpuanalytics.producer.receive.prometheus;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import gpuanalytics.producer.receive.BadRequestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a request of remote write, version 1: series with their labels and samples. */
final class WriteRequest {

    private static final String NAME = "__name__";

    private WriteRequest() {}

    /**
     * A series.
     *
     * @param name of its metric; empty where it has none
     * @param labels the others
     */
    record TimeSeries(String name, Map<String, String> labels, List<Sample> samples) {}

    /** A value at a time, in milliseconds since 1970. */
    record Sample(long millis, double value) {

        /** The one NaN that says that there is no such series any more. */
        private static final long STALE = 0x7ff0000000000002L;

        boolean isEnd() {
            return Double.doubleToRawLongBits(value) == STALE;
        }
    }

    /** Reads a part of a message: one field of it. */
    private interface Part {
        boolean read(int field, CodedInputStream in) throws IOException;
    }

    /**
     * Reads it.
     *
     * @throws BadRequestException where it is none
     */
    static List<TimeSeries> read(byte[] body) throws BadRequestException {
        var all = new ArrayList<TimeSeries>();
        try {
            read(
                    CodedInputStream.newInstance(body),
                    (field, in) -> field == 1 && all.add(series(in)));
        } catch (IOException e) {
            throw new BadRequestException(
                    "body is no request of remote write in protobuf: " + e.getMessage());
        }
        return all;
    }

    /** Metadata, exemplars and histograms are skipped. */
    private static TimeSeries series(CodedInputStream in) throws IOException {
        var labels = new HashMap<String, String>();
        var samples = new ArrayList<Sample>();
        message(
                in,
                (field, part) ->
                        switch (field) {
                            case 1 -> label(part, labels);
                            case 2 -> samples.add(sample(part));
                            default -> false;
                        });
        labels.values().removeIf(String::isEmpty);
        var name = labels.remove(NAME);
        return new TimeSeries(name == null ? "" : name, labels, samples);
    }

    private static boolean label(CodedInputStream in, Map<String, String> labels)
            throws IOException {
        var pair = new String[] {"", ""};
        message(
                in,
                (field, part) -> {
                    if (field != 1 && field != 2) {
                        return false;
                    }
                    pair[field - 1] = part.readStringRequireUtf8();
                    return true;
                });
        labels.put(pair[0], pair[1]);
        return true;
    }

    private static Sample sample(CodedInputStream in) throws IOException {
        var values = new double[1];
        var times = new long[1];
        message(
                in,
                (field, part) -> {
                    switch (field) {
                        case 1 -> values[0] = part.readDouble();
                        case 2 -> times[0] = part.readInt64();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        return new Sample(times[0], values[0]);
    }

    private static void message(CodedInputStream in, Part part) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        read(in, part);
        in.popLimit(limit);
    }

    private static void read(CodedInputStream in, Part part) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!part.read(WireFormat.getTagFieldNumber(tag), in)) {
                in.skipField(tag);
            }
        }
    }
}
