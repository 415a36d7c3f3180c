package gpuanalytics.producer.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.otlp.ForwardedSamples;
import gpuanalytics.producer.receive.prometheus.WrittenSamples;
import gpuanalytics.producer.source.dcgm.ScrapedSamples;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an exporter shows is the same events whichever way it comes to us. */
class GpuWaysTest {

    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.250Z");
    private static final String INSTANCE = "10.0.0.7:9400";
    private static final double STALE = Double.longBitsToDouble(0x7ff0000000000002L);
    private static final EventWriter EVENTS =
            new EventWriter(
                    new EventCodec(EventLimits.defaults()), Clock.fixed(NOW, ZoneOffset.UTC));

    /** How it comes. */
    enum Way {
        /** We ask the exporter, which has no longer what has ended. */
        SCRAPED {
            @Override
            List<Event> events(List<Series> shown) {
                var there = shown.stream().filter(series -> !isEnd(series)).toList();
                return ScrapedSamples.of(there, INSTANCE, NOW, EVENTS).stream()
                        .map(sample -> assertInstanceOf(Decoded.Valid.class, sample).event())
                        .toList();
            }
        },

        /** A Prometheus asks it and writes to us. */
        WRITTEN {
            @Override
            List<Event> events(List<Series> shown) throws BadRequestException {
                return facts(WrittenSamples.of(shown, INSTANCE, NOW, EVENTS));
            }
        },

        /** A Collector asks it and tells us by OTLP. */
        FORWARDED {
            @Override
            List<Event> events(List<Series> shown) throws BadRequestException {
                return facts(ForwardedSamples.of(shown, INSTANCE, NOW, EVENTS));
            }
        };

        abstract List<Event> events(List<Series> shown) throws BadRequestException;

        private static boolean isEnd(Series series) {
            return Double.doubleToRawLongBits(series.value()) == Double.doubleToRawLongBits(STALE);
        }

        /** All but what is refused for it names no GPU, which those who ask leave out. */
        private static List<Event> facts(List<Told> told) {
            return told.stream()
                    .flatMap(
                            item ->
                                    item instanceof Told.Fact(var event, _)
                                            ? Stream.of(event)
                                            : null)
                    .toList();
        }
    }

    /**
     * What an exporter shows.
     *
     * @param series in Prometheus' own form
     * @param samples what they are
     */
    record Golden(String name, String series, List<String> samples) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Golden of(String name, String series, String... samples) {
        return new Golden(name, series, List.of(samples));
    }

    private static Golden file(String name, String... samples) {
        return of(name, GpuSamplesTest.file(name), samples);
    }

    private static List<Golden> goldens() {
        var dialects =
                new String[] {
                    "node-a GPU-8c16e996 trainer-0 util 0.97 sm 0.81 used 73400320000 power 612.5"
                            + " temp 61.0 xid 79",
                    "node-a GPU-72ad4d20 util 0.0 used 0 power 71.25 xid 0"
                };
        return List.of(
                file("dcgm-4.6.txt", dialects),
                file("dcgm-4.7.txt", dialects),
                file(
                        "dcgm-mig.txt",
                        "node-m GPU-m mig 1 infer-1 sm 0.1 used 104857600 power 300.0",
                        "node-m GPU-m mig 2 infer-2 sm 0.2 used 209715200 power 300.0"),
                file(
                        "dcgm-time-slicing.txt",
                        "node-t GPU-t one util 0.99 power 65.1",
                        "node-t GPU-t two util 0.99 power 65.1",
                        "node-t GPU-t three util 0.99 power 65.1"),
                of(
                        "a ratio of 4.6 is a percentage for all GPUs of the exporter",
                        """
                        DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="0",UUID="GPU-a"} 1
                        DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="1",UUID="GPU-b"} 37
                        """,
                        "10.0.0.7 GPU-a util 0.01",
                        "10.0.0.7 GPU-b util 0.37"),
                of(
                        "a ratio of 4.6 is known by the names beside it",
                        """
                        DCGM_FI_DEV_GPU_UTIL_RATIO{gpu="0",UUID="GPU-a"} 1
                        DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a"} 5
                        """,
                        "10.0.0.7 GPU-a util 0.01 used 5242880"),
                of(
                        "labels that are missing",
                        """
                        DCGM_FI_DEV_GPU_UTIL{gpu="0",UUID="GPU-a"} 10
                        DCGM_FI_DEV_POWER_USAGE{gpu="0"} 100
                        DCGM_FI_DEV_GPU_UTIL{device="nvidia9"} 10
                        DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",gpu="nvidia3"} 20
                        """,
                        "10.0.0.7 GPU-a util 0.1 power 100.0",
                        "10.0.0.7 GPU-b util 0.2"),
                of(
                        "the exporter's own pod",
                        """
                        DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a",pod="dcgm-exporter-x7",namespace="gpu",container="exporter",exported_pod="mine"} 1
                        DCGM_FI_DEV_GPU_UTIL{UUID="GPU-b",pod="dcgm-exporter-x7",namespace="gpu",container="exporter"} 1
                        """,
                        "10.0.0.7 GPU-a mine util 0.01",
                        "10.0.0.7 GPU-b util 0.01"),
                of(
                        "errors by their codes, one of them twice",
                        """
                        DCGM_EXP_XID_ERRORS_TOTAL{gpu="0",UUID="GPU-a",xid="13"} 2
                        DCGM_EXP_XID_ERRORS_TOTAL{gpu="0",UUID="GPU-a",xid="79"} 3
                        DCGM_EXP_XID_ERRORS_TOTAL{gpu="0",UUID="GPU-a",xid="79"} 3
                        """,
                        "10.0.0.7 GPU-a errors 5"),
                of(
                        "blanks",
                        """
                        DCGM_FI_DEV_GPU_TEMP{UUID="GPU-a"} 9223372036854775794
                        DCGM_FI_DEV_POWER_USAGE{UUID="GPU-a"} NaN
                        DCGM_FI_PROF_SM_ACTIVE{UUID="GPU-a"} 140737488355328
                        DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a"} 3
                        """,
                        "10.0.0.7 GPU-a util 0.03"),
                of(
                        "AMD's exporter, and a team",
                        """
                        gpu_gfx_activity{gpu_id="3",hostname="amd-1",gpu_uuid="ff-1",team="red"} 50
                        gpu_nodes_total{hostname="amd-1"} 8
                        """,
                        "amd-1 ff-1 team red util 0.5"));
    }

    private static Stream<Arguments> allGoldensAllWays() {
        return goldens().stream()
                .flatMap(
                        golden ->
                                Arrays.stream(Way.values()).map(way -> Arguments.of(golden, way)));
    }

    @ParameterizedTest
    @MethodSource("allGoldensAllWays")
    void theSameEventsComeEveryWay(Golden golden, Way way) throws Exception {
        var shown = Exposition.read(golden.series(), _ -> true, 1000);

        var events = way.events(shown);

        assertEquals(golden.samples(), events.stream().map(GpuWaysTest::brief).toList());
        assertEquals(
                withoutWay(Way.SCRAPED.events(shown)),
                withoutWay(events),
                "in every field that does not tell the way");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aPodWhoseSeriesHasEndedHoldsNoGpu(Way way) throws Exception {
        var before = Map.of("UUID", "GPU-a", "pod", "before");
        var now = Map.of("UUID", "GPU-a", "pod", "now");

        var events =
                way.events(
                        List.of(
                                new Series("DCGM_FI_DEV_GPU_UTIL", before, STALE),
                                new Series("DCGM_FI_DEV_GPU_UTIL", now, 5)));

        assertEquals(
                List.of("10.0.0.7 GPU-a now util 0.05"),
                events.stream().map(GpuWaysTest::brief).toList());
    }

    private static List<Event> withoutWay(List<Event> events) {
        return events.stream()
                .map(
                        event ->
                                event.toBuilder()
                                        .set(GpuMetric.SOURCE, null)
                                        .set(GpuMetric.INTERVAL_S, null)
                                        .build())
                .toList();
    }

    private static String brief(Event event) {
        var words = new ArrayList<String>();
        words.add(event.require(GpuMetric.HOST));
        words.add(Objects.requireNonNull(event.get(GpuMetric.GPU_UUID)));
        add(words, "mig ", event.get(GpuMetric.MIG_ID));
        add(words, "", event.get(GpuMetric.POD));
        add(words, "team ", event.get(GpuMetric.TEAM));
        add(words, "util ", event.get(GpuMetric.UTILIZATION));
        add(words, "sm ", event.get(GpuMetric.SM_ACTIVE));
        add(words, "used ", event.get(GpuMetric.MEM_USED_BYTES));
        add(words, "power ", event.get(GpuMetric.POWER_W));
        add(words, "temp ", event.get(GpuMetric.TEMP_C));
        add(words, "xid ", event.get(GpuMetric.XID));
        add(words, "errors ", event.get(GpuMetric.XID_ERRORS_TOTAL));
        return String.join(" ", words);
    }

    private static void add(List<String> words, String name, @Nullable Object value) {
        if (value != null) {
            words.add(name + value);
        }
    }
}
