package gpuanalytics.event;

import static gpuanalytics.event.Samples.LIMITS;
import static gpuanalytics.event.Samples.NOW;
import static gpuanalytics.event.Samples.json;
import static gpuanalytics.event.Samples.rejected;
import static gpuanalytics.event.Samples.smallest;
import static gpuanalytics.event.Samples.smallestWith;
import static gpuanalytics.event.Samples.valid;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Rejected;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCodecTest {

    private final EventCodec codec = new EventCodec(LIMITS);

    /** A second reading, whenever it happens, must judge as the first did. */
    @Test
    void judgesAgeByWhenTheEventWasWrittenDown() {
        var record = json(smallest(EventTopic.TOKEN_USAGE)).getBytes(UTF_8);
        var lead = EventLimits.DEFAULT_MAX_LEAD;
        var age = EventLimits.DEFAULT_MAX_AGE;

        for (var written : List.of(NOW.minus(lead), NOW, NOW.plus(age))) {
            valid(codec.decode(EventTopic.TOKEN_USAGE, record, written));
        }
        assertEquals(
                RejectReason.FROM_THE_FUTURE,
                rejected(
                                codec.decode(
                                        EventTopic.TOKEN_USAGE,
                                        record,
                                        NOW.minus(lead).minusNanos(1)))
                        .reason());
        assertEquals(
                RejectReason.TOO_OLD,
                rejected(codec.decode(EventTopic.TOKEN_USAGE, record, NOW.plus(age).plusNanos(1)))
                        .reason());
    }

    @Test
    void acceptsTheOriginalMetricMessage() {
        var event =
                valid(
                        EventTopic.GPU_METRICS,
                        """
                        {"gpu_index":0,"name":"RTX 3090","utilization":0.53,"mem_used_mb":1000.3,\
                        "mem_total_mb":24576,"power_w":300,"price_per_hour_usd":0.5,\
                        "ts":"2026-01-31T12:00:00Z","host":"node-1"}\
                        """);

        assertEquals(0.53, event.get(GpuMetric.UTILIZATION));
        assertEquals(1_048_890_573L, event.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(24L << 30, event.get(GpuMetric.MEM_TOTAL_BYTES));
        assertEquals("node-1/0", EventKey.of(event));
        assertEquals("g:node-1/0@1769860800.000000000", EventId.of(event));
        assertEquals(event, valid(codec.decode(event.topic(), EventCodec.encode(event), NOW)));
    }

    @Test
    void acceptsTheOriginalTokenMessage() {
        var event =
                valid(
                        EventTopic.TOKEN_USAGE,
                        """
                        {"ts":"2026-01-31T12:00:00Z","model":"llama-3-70b","prompt_tokens":256,\
                        "completion_tokens":64,"latency_ms":812,"gpu_index":0}\
                        """);

        assertEquals(812.0, event.get(TokenUsage.LATENCY_MS));
        assertNull(event.gpu());
        assertNull(EventId.of(event));
        assertNull(EventKey.of(event));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.37, 0.37",
        "1, 1",
        "1.5, 0.015",
        "37, 0.37",
        "57, 0.57",
        "100, 1",
    })
    void readsTheRatioThatWasAPercentageByItsValue(String sent, double utilization) {
        var event =
                valid(
                        EventTopic.GPU_METRICS,
                        smallestWith(EventTopic.GPU_METRICS, "DCGM_FI_DEV_GPU_UTIL_RATIO", sent));

        assertEquals(utilization, event.get(GpuMetric.UTILIZATION));
    }

    @Test
    void prefersThePercentageOfKnownUnit() {
        var members = smallestWith(EventTopic.GPU_METRICS, "DCGM_FI_DEV_GPU_UTIL_RATIO", "1");
        members.put("DCGM_FI_DEV_GPU_UTIL", "1");

        assertEquals(0.01, valid(EventTopic.GPU_METRICS, members).get(GpuMetric.UTILIZATION));
    }

    @Test
    void readsTheGpuLabelAsText() {
        var members = smallestWith(EventTopic.GPU_METRICS, "gpu", "\"07\"");
        members.remove("gpu_index");

        assertEquals(7, valid(EventTopic.GPU_METRICS, members).get(GpuMetric.GPU_INDEX));
    }

    @ParameterizedTest
    @CsvSource({"12, 12", "12.0, 12", "1.2e1, 12", "1E3, 1000", "12000e-3, 12", "-0.0, 0"})
    void readsWholeNumbersHoweverWritten(String sent, long expected) {
        var event =
                valid(
                        EventTopic.TOKEN_USAGE,
                        smallestWith(EventTopic.TOKEN_USAGE, "prompt_tokens", sent));

        assertEquals(expected, event.get(TokenUsage.PROMPT_TOKENS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"12.5", "1e-1", "1e-500", "0.0000001"})
    void refusesFractionsOfWholeNumbers(String sent) {
        var rejected =
                rejected(
                        EventTopic.TOKEN_USAGE,
                        smallestWith(EventTopic.TOKEN_USAGE, "prompt_tokens", sent));

        assertEquals(RejectReason.WRONG_TYPE, rejected.reason());
        assertEquals(
                "prompt_tokens is %s, expected a whole number".formatted(sent), rejected.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31t12:00:00z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.1Z, 2026-01-31T12:00:00.1Z",
        "2026-01-31T12:00:00.123456789Z, 2026-01-31T12:00:00.123456789Z",
        "2026-01-31T13:30:00+01:30, 2026-01-31T12:00:00Z",
        "2026-01-31T00:00:00-12:00, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00-00:00, 2026-01-31T12:00:00Z",
        "2024-02-29T00:00:00Z, 2024-02-29T00:00:00Z",
        "2016-12-31T23:59:60Z, 2016-12-31T23:59:59Z",
        "2017-01-01T00:59:60.5+01:00, 2016-12-31T23:59:59.5Z",
        "2026-01-31T13:00:00+0100, 2026-01-31T12:00:00Z",
        "2026-01-31T13:00:00+01, 2026-01-31T12:00:00Z",
        "2026-01-31 12:00:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31 12:00:00 UTC, 2026-01-31T12:00:00Z",
        "2026-01-31 12:00:00.25 +0000 UTC, 2026-01-31T12:00:00.25Z",
        "2026-01-31T12:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.1234567890Z, 2026-01-31T12:00:00.123456789Z",
        "2026-01-30T24:00:00Z, 2026-01-31T00:00:00Z",
        "2026-12-31T24:00Z, 2027-01-01T00:00:00Z",
        "1769860800, 2026-01-31T12:00:00Z",
        "1769860800.25, 2026-01-31T12:00:00.25Z",
        "1769860800250, 2026-01-31T12:00:00.25Z",
        "1769860800250001, 2026-01-31T12:00:00.250001Z",
        "1769860800250001002, 2026-01-31T12:00:00.250001002Z",
    })
    void readsTimes(String sent, String expected) {
        var members = smallestWith(EventTopic.TOKEN_USAGE, "ts", '"' + sent + '"');
        var old = new EventCodec(Samples.ANY_TIME);

        var event = valid(old.decode(EventTopic.TOKEN_USAGE, json(members).getBytes(UTF_8), NOW));

        assertEquals(Instant.parse(expected), event.ts());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31",
                "2026-01-31Z",
                "2026/01/31 12:00:00Z",
                "31.01.2026 12:00:00Z",
                "2026-01-31T24:00:01Z",
                "2026-01-31T24:01:00Z",
                "-1769860800",
                "1769860800 s",
                "1e21",
                "2026-1-31T12:00:00Z",
                "2026-02-30T12:00:00Z",
                "2025-02-29T12:00:00Z",
                "2026-13-01T12:00:00Z",
                "2026-01-31T12:60:00Z",
                "2026-01-31T12:00:60Z",
                "2026-01-31T12:00:61Z",
                "2026-01-31T12:00:00.Z",
                "2026-01-31T12:00:00+19:00",
                "2026-01-31T12:00:00Z ",
                "+12026-01-31T12:00:00Z",
                "２026-01-31T12:00:00Z",
            })
    void refusesWhatIsNoTime(String sent) {
        var rejected =
                rejected(
                        EventTopic.TOKEN_USAGE,
                        smallestWith(EventTopic.TOKEN_USAGE, "ts", '"' + sent + '"'));

        assertEquals(RejectReason.WRONG_TYPE, rejected.reason());
        assertEquals(
                "ts is \"%s\", expected an ISO 8601 time with a zone such as 2026-01-31T12:00:00Z"
                        .formatted(sent),
                rejected.detail());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31T12:00:00",
                "2026-01-31 12:00:00.123",
                "2026-01-31T12:00",
                "2026-01-31t12:00:00,5"
            })
    void namesATimeWithoutZone(String sent) {
        var rejected =
                rejected(
                        EventTopic.TOKEN_USAGE,
                        smallestWith(EventTopic.TOKEN_USAGE, "ts", '"' + sent + '"'));

        assertEquals(
                new Rejected(
                        RejectReason.WRONG_TYPE,
                        "ts is \"%s\" without a zone, expected an ISO 8601 time with a zone such as"
                                        .formatted(sent)
                                + " 2026-01-31T12:00:00Z"),
                rejected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1769860800",
                "1769860800.0",
                "1.7698608e9",
                "1769860800000",
                "1769860800000000",
                "1769860800000000000",
                "{\"$date\":\"2026-01-31T12:00:00Z\"}",
                "{\"$date\":1769860800000}",
                "{\"$date\":{\"$numberLong\":\"1769860800000\"}}",
            })
    void readsTimesThatAreNoText(String sent) {
        for (var name : List.of("ts", "timestamp", "time", "@timestamp")) {
            var members = smallest(EventTopic.GPU_METRICS);
            members.remove("ts");
            members.put(name, sent);

            assertEquals(NOW, valid(EventTopic.GPU_METRICS, members).ts(), name);
        }
    }

    @Test
    void acceptsEveryAgeUpToItsLimits() {
        var newest = NOW.plus(Duration.ofMinutes(5));
        var oldest = NOW.minus(Duration.ofDays(3660));

        valid(EventTopic.TOKEN_USAGE, at(newest));
        valid(EventTopic.TOKEN_USAGE, at(oldest));

        assertEquals(
                new Rejected(
                        RejectReason.FROM_THE_FUTURE,
                        "ts is 2026-01-31T12:05:00.000000001Z, expected at most"
                                + " 2026-01-31T12:05:00Z"),
                rejected(EventTopic.TOKEN_USAGE, at(newest.plusNanos(1))));
        assertEquals(
                new Rejected(
                        RejectReason.TOO_OLD,
                        "ts is 2016-01-24T11:59:59.999999999Z, expected at least"
                                + " 2016-01-24T12:00:00Z"),
                rejected(EventTopic.TOKEN_USAGE, at(oldest.minusNanos(1))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{}{}",
                "{} x",
                "[]",
                "1",
                "null",
                "\"text\"",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":01}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":+1}",
                "{\"a\":0x10}",
                "{\"a\":tru}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":1 /* no */}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":{\"b\":1,\"b\":2}}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":\"",
            })
    void refusesWhatIsNotOneJsonObject(String text) {
        var rejected = rejected(EventTopic.TOKEN_USAGE, text);

        assertEquals(RejectReason.NOT_JSON, rejected.reason(), rejected.detail());
        assertTrue(
                rejected.detail().startsWith("record is not a JSON object: "), rejected.detail());
        assertTrue(rejected.detail().lines().count() == 1, rejected.detail());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // a continuation byte alone
                "c0af", // an overlong slash
                "e0809f", // overlong again
                "eda080", // a surrogate
                "f4908080", // beyond U+10FFFF
                "f8888080", // five bytes
                "ff",
                "c3", // cut off
            })
    void refusesInvalidUtf8(String hex) {
        for (var member : List.of("model", "elsewhere")) {
            var bytes = new ByteArrayOutputStream();
            bytes.writeBytes(("{\"" + member + "\":\"").getBytes(UTF_8));
            int at = bytes.size();
            bytes.writeBytes(HexFormat.of().parseHex(hex));
            bytes.writeBytes("\"}".getBytes(UTF_8));

            assertEquals(
                    new Rejected(
                            RejectReason.NOT_JSON,
                            "record is not a JSON object: byte %d is not UTF-8".formatted(at)),
                    rejected(codec.decode(EventTopic.TOKEN_USAGE, bytes.toByteArray(), NOW)));
        }
    }

    @Test
    void refusesOtherEncodings() {
        var bytes = json(smallest(EventTopic.TOKEN_USAGE)).getBytes(UTF_16);

        assertEquals(
                RejectReason.NOT_JSON,
                rejected(codec.decode(EventTopic.TOKEN_USAGE, bytes, NOW)).reason());
    }

    @Test
    void refusesARecordWithoutValue() {
        assertEquals(
                new Rejected(RejectReason.NOT_JSON, "record has no value"),
                rejected(codec.decode(EventTopic.TOKEN_USAGE, null, NOW)));
    }

    @Test
    void refusesARecordOfTwentyMegabytes() {
        assertEquals(
                new Rejected(
                        RejectReason.TOO_LARGE,
                        "record is 20000000 bytes, expected at most 1048576"),
                rejected(codec.decode(EventTopic.GPU_METRICS, new byte[20_000_000], NOW)));
    }

    @Test
    void refusesTenLevelsOfJsonAndAcceptsEight() {
        var topic = EventTopic.TOKEN_USAGE;

        valid(topic, smallestWith(topic, "extra", "[".repeat(7) + "]".repeat(7)));

        assertEquals(
                new Rejected(
                        RejectReason.TOO_LARGE,
                        "record has more than 8 levels of JSON, expected at most 8"),
                rejected(topic, smallestWith(topic, "extra", "[".repeat(9) + "]".repeat(9))));
        assertEquals(
                RejectReason.TOO_LARGE,
                rejected(topic, "{\"a\":" + "[".repeat(1_000_000)).reason());
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void ignoresUnknownMembersWhateverTheyHold(EventTopic topic) {
        var members = smallest(topic);
        members.put("extra", "{\"ts\":1,\"model\":[{}],\"host\":null}");
        members.put("number", "1" + "0".repeat(5000) + "e99999999999");
        members.put("half", "\"\\ud800\"");
        members.put("n".repeat(60_000), "NaN");
        members.put("😀", "\"é\"");

        assertEquals(valid(topic, smallest(topic)), valid(topic, members));
    }

    @Test
    void tellsTheDefectInOneShortLine() {
        var rejected =
                rejected(
                        EventTopic.TOKEN_USAGE,
                        smallestWith(
                                EventTopic.TOKEN_USAGE,
                                "prompt_tokens",
                                "\"" + "secret\\n\\u2028\\u0007".repeat(10_000) + "\""));
        var unknown = rejected(EventTopic.TOKEN_USAGE, "{\"a\":" + "x".repeat(10_000) + "}");
        var twice = "n".repeat(10_000);
        var duplicate =
                rejected(EventTopic.TOKEN_USAGE, "{\"%s\":1,\"%s\":2}".formatted(twice, twice));

        assertEquals(
                "prompt_tokens is \"%s…\", expected a number"
                        .formatted("secret???".repeat(8).substring(0, 63)),
                rejected.detail());
        for (var defect : List.of(rejected, unknown, duplicate)) {
            assertTrue(defect.detail().length() <= Rejected.MAX_DETAIL_CHARS, defect.detail());
        }
    }

    @Test
    void cutsEveryDetailToItsLimit() {
        var detail = new Rejected(RejectReason.NOT_JSON, "😀".repeat(500)).detail();

        assertEquals(299, detail.length());
        assertTrue(detail.endsWith("😀…"), detail);
    }

    @Test
    void refusesABuilderWithABadValue() {
        var event =
                TokenUsage.builder()
                        .set(TokenUsage.TS, NOW)
                        .set(TokenUsage.MODEL, "m")
                        .set(TokenUsage.LATENCY_MS, Double.NaN)
                        .set(TokenUsage.PROMPT_TOKENS, 1L);

        var refusal = assertThrows(IllegalArgumentException.class, event::build);

        assertEquals("latency_ms is NaN, expected 0 to 86400000", refusal.getMessage());
    }

    @Test
    void keepsTheTopicsFieldsApart() {
        var event = valid(EventTopic.GPU_METRICS, smallest(EventTopic.GPU_METRICS));

        assertThrows(IllegalArgumentException.class, () -> event.get(TokenUsage.MODEL));
        assertThrows(
                IllegalArgumentException.class,
                () -> GpuMetric.builder().set(TokenUsage.MODEL, "m"));
    }

    @Test
    void anHoursSumsFitIntoAnInt64() {
        double micro = 1e6;
        double secondsPerHour = 3600;
        for (var field : GpuMetric.TABLE.fields()) {
            boolean summed =
                    field.kind() == Field.Kind.INTEGER || field.kind() == Field.Kind.NUMBER;
            boolean counter = field.name().endsWith("_total") || field.equals(GpuMetric.XID);
            if (summed && !counter) {
                double unit = field.max() > 1e10 ? 1 : micro;
                double perSecond = Long.MAX_VALUE / (field.max() * unit * secondsPerHour);
                assertTrue(perSecond >= 500, field + " overflows at %.0f/s".formatted(perSecond));
            }
        }
        double joules = GpuMetric.POWER_W.max() * GpuMetric.INTERVAL_S.max();
        assertTrue(Long.MAX_VALUE / (joules * micro * secondsPerHour) >= 70);
        double inFlight =
                Long.MAX_VALUE
                        / (TokenUsage.LATENCY_MS.max() * micro) // requests an hour
                        * (TokenUsage.LATENCY_MS.max() / 1000 / secondsPerHour);
        assertTrue(inFlight >= 2_500_000);
    }

    private static String at(Instant time) {
        return json(smallestWith(EventTopic.TOKEN_USAGE, "ts", "\"" + time + "\""));
    }
}
