package gpuanalytics.event;

import static gpuanalytics.event.Samples.NOW;
import static gpuanalytics.event.Samples.decode;
import static gpuanalytics.event.Samples.rejected;
import static gpuanalytics.event.Samples.valid;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Valid;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What other systems send, as they send it. */
class NamesOfTheWorldTest {

    private static final String TS = "\"ts\":\"2026-01-31T11:00:00Z\"";

    private final EventCodec codec = new EventCodec(Samples.LIMITS);

    /** prompt, completion, cached, written to the cache, reasoning; 0 for absent. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                // OpenAI's chat and responses
                "{'model':'gpt','usage':{'prompt_tokens':90,'completion_tokens':20,'total_tokens':110,"
                    + "'prompt_tokens_details':{'cached_tokens':64},'completion_tokens_details':{'reasoning_tokens':12}}}"
                    + " | 90 20 64 0 12",
                "{'model':'gpt','usage':{'input_tokens':90,'output_tokens':20,'total_tokens':110,"
                        + "'input_tokens_details':{'cached_tokens':64},"
                        + "'output_tokens_details':{'reasoning_tokens':12}}} | 90 20 64 0 12",
                "{'response':{'model':'gpt','usage':{'input_tokens':7,'output_tokens':2}}} | 7 2 0"
                        + " 0 0",
                // Anthropic's: what the cache had to do with is beside
                "{'model':'c','usage':{'input_tokens':9,'output_tokens':2,'cache_read_input_tokens':70,'cache_creation_input_tokens':30}}"
                    + " | 109 2 70 30 0",
                "{'model':'c','input_tokens':9,'output_tokens':2,'cache_read_input_tokens':70}"
                        + " | 79 2 70 0 0",
                "{'model':'c','input_tokens':9,'output_tokens':2,'cache_creation_tokens':5} | 14 2"
                        + " 0 5 0",
                "{'message':{'model':'c','usage':{'input_tokens':9,'output_tokens':2}}} | 9 2 0 0"
                        + " 0",
                // a gateway that has Anthropic's names beside OpenAI's counts
                "{'model':'c','prompt_tokens':79,'completion_tokens':2,'cache_read_input_tokens':70}"
                    + " | 79 2 70 0 0",
                "{'model':'c','input_tokens':79,'output_tokens':2,'cache_read_input_tokens':70,"
                        + "'total_tokens':81} | 79 2 70 0 0",
                // Bedrock's
                "{'modelId':'n','usage':{'inputTokens':9,'outputTokens':2,'cacheReadInputTokens':70,'totalTokens':81}}"
                    + " | 79 2 70 0 0",
                // Gemini's: thoughts are beside
                "{'modelVersion':'g','usageMetadata':{'promptTokenCount':50,'candidatesTokenCount':5,"
                    + "'thoughtsTokenCount':40,'cachedContentTokenCount':30,'totalTokenCount':95}}"
                    + " | 50 45 30 0 40",
                "{'model':'g','usage_metadata':{'prompt_token_count':50,'thoughts_token_count':40}}"
                        + " | 50 40 0 0 40",
                // what tools have added is beside, or a total says that it is inside
                "{'modelVersion':'g','usageMetadata':{'promptTokenCount':50,'candidatesTokenCount':5,'toolUsePromptTokenCount':30,'totalTokenCount':85}}"
                    + " | 80 5 0 0 0",
                "{'model':'g','prompt_token_count':50,'candidates_token_count':5,"
                        + "'thoughts_token_count':40,'tool_use_prompt_token_count':'30'} | 80 45 0"
                        + " 0 40",
                "{'model':'g','prompt_token_count':80,'candidates_token_count':5,"
                        + "'tool_use_prompt_token_count':30,'total_token_count':85} | 80 5 0 0 0",
                "{'model':'g','prompt_token_count':50,'toolUsePromptTokenCount':'many'} | 50 0 0 0"
                        + " 0",
                // Ollama's, vLLM's, LiteLLM's, the AI SDK's, OpenInference's
                "{'model':'o','prompt_eval_count':26,'eval_count':298} | 26 298 0 0 0",
                "{'model_name':'v','vllm:request_prompt_tokens':4,'vllm:request_generation_tokens':3}"
                    + " | 4 3 0 0 0",
                "{'model_name':'v','num_prompt_tokens':4,'num_generation_tokens':3,"
                        + "'num_cached_tokens':2} | 4 3 2 0 0",
                "{'standard_logging_object':{'model':'l','prompt_tokens':4,'completion_tokens':3,"
                        + "'metadata':{'usage_object':{'prompt_tokens':4,"
                        + "'prompt_tokens_details':{'cached_tokens':1}}}}} | 4 3 1 0 0",
                // OpenAI's own count: cached tokens are inside
                "{'model':'gpt','input_tokens':900,'output_tokens':20,'input_cached_tokens':800,"
                        + "'num_model_requests':5} | 900 20 800 0 0",
                "{'model':'a','promptTokens':500,'completionTokens':80,'cachedInputTokens':9}"
                        + " | 500 80 9 0 0",
                // OpenMeter's: one direction's
                "{'model':'gpt4-turbo','tokens':'123456','type':'input'} | 123456 0 0 0 0",
                "{'type':'output','tokens':7,'model':'m','status':429} | 0 7 0 0 0",
                "{'model':'m','tokens':9,'type':'input','prompt_tokens':5} | 5 0 0 0 0",
                "{'model':'m','tokens':9,'type':'Output'} | 0 9 0 0 0",
                "{'model':'m','tokens':9,'token_type':'completion'} | 0 9 0 0 0",
                "{'model':'m','tokens':9,'type':'chat','token_type':'prompt'} | 9 0 0 0 0",
                "{'llm.model_name':'i','llm.token_count.prompt':3,'llm.token_count.completion':2,"
                        + "'llm.token_count.prompt_details.cache_read':1} | 3 2 1 0 0",
                // OTel's, older and newer, flat, nested and as OTLP has them
                "{'gen_ai.request.model':'m','gen_ai.usage.input_tokens':1000,"
                        + "'gen_ai.usage.cache_read_input_tokens':900} | 1000 0 900 0 0",
                "{'gen_ai.request.model':'m','gen_ai.usage.input_tokens':1000,"
                        + "'gen_ai.usage.cache_creation_input_tokens':90} | 1000 0 0 90 0",
                "{'gen_ai':{'request':{'model':'m'},'usage':{'input_tokens':8,'output_tokens':1}}}"
                        + " | 8 1 0 0 0",
                "{'attributes':{'gen_ai.response.model':'m','gen_ai.usage.input_tokens':8}} | 8 0 0"
                        + " 0 0",
                "{'attributes':[{'key':'gen_ai.request.model','value':{'stringValue':'m'}},{'key':'gen_ai.usage.output_tokens','value':{'intValue':'8'}}]}"
                    + " | 0 8 0 0 0",
                // xAI counts reasoning beside, whatever the names; a total tells otherwise
                "{'model':'x','provider':'xai','prompt_tokens':12,'completion_tokens':1,"
                        + "'reasoning_tokens':386} | 12 387 0 0 386",
                "{'model':'x','gen_ai.provider.name':'x_ai','gen_ai.usage.output_tokens':10,"
                        + "'gen_ai.usage.reasoning.output_tokens':4} | 0 14 0 0 4",
                "{'model':'x','provider':'xai','prompt_tokens':12,'completion_tokens':387,"
                        + "'reasoning_tokens':386,'total_tokens':399} | 12 387 0 0 386",
                "{'model':'x','prompt_tokens':12,'completion_tokens':1,'reasoning_tokens':386,"
                        + "'total_tokens':399} | 12 387 0 0 386",
            })
    void readsTheUsageOf(String record, String counts) {
        var event = usage(record.replace('\'', '"'));

        var read =
                "%d %d %d %d %d"
                        .formatted(
                                count(event, TokenUsage.PROMPT_TOKENS),
                                count(event, TokenUsage.COMPLETION_TOKENS),
                                count(event, TokenUsage.CACHED_PROMPT_TOKENS),
                                count(event, TokenUsage.CACHE_WRITE_TOKENS),
                                count(event, TokenUsage.REASONING_TOKENS));
        assertEquals(counts, read, record);
    }

    @Test
    void takesTheModelThatAnsweredWhereNoOtherIsGiven() {
        var event = usage("{\"gen_ai.response.model\":\"served\",\"output_tokens\":1}");
        var both = usage("{\"response_model\":\"served\",\"model\":\"asked\",\"output_tokens\":1}");

        assertEquals("served", event.get(TokenUsage.MODEL));
        assertEquals("served", event.get(TokenUsage.RESPONSE_MODEL));
        assertEquals("asked", both.get(TokenUsage.MODEL));
    }

    @Test
    void takesTheIdOfAnAnswerAndNoOther() {
        var answer = usage("{\"id\":\"a1\",\"model\":\"m\",\"usage\":{\"output_tokens\":1}}");
        var row = usage("{\"id\":\"a1\",\"model\":\"m\",\"output_tokens\":1}");

        assertEquals("a1", answer.get(TokenUsage.REQUEST_ID));
        assertNull(row.get(TokenUsage.REQUEST_ID));
    }

    @Test
    void takesTheIdAndTheSecondsOfLitellmsObject() {
        var event =
                usage(
                        "{\"standard_logging_object\":{\"id\":\"l1\",\"model\":\"m\","
                                + "\"prompt_tokens\":1,\"response_time\":1.5}}");

        assertEquals("l1", event.get(TokenUsage.REQUEST_ID));
        assertEquals(1500, event.get(TokenUsage.LATENCY_MS));
    }

    @Test
    void readsOllamasDurationsInNanoseconds() {
        var event =
                usage(
                        "{\"model\":\"o\",\"eval_count\":1,\"total_duration\":2500000,\"done\":true}");

        assertEquals(2.5, event.get(TokenUsage.LATENCY_MS));
    }

    @Test
    void takesTheSubjectForTheUser() {
        var bare = usage("{\"model\":\"m\",\"output_tokens\":1,\"subject\":\"ada\"}");
        var meter =
                valid(
                        EventTopic.TOKEN_USAGE,
                        """
                        {"specversion":"1.0","type":"t","id":"1","source":"s","subject":"ada",\
                        "time":"2026-01-31T11:00:00Z","data":{"model":"m","output_tokens":1}}\
                        """);

        assertEquals("ada", bare.get(TokenUsage.USER));
        assertEquals("ada", meter.get(TokenUsage.USER));
    }

    @Test
    void takesNumbersForTheTextsOfAnEnvelope() {
        var envelope =
                """
                {"specversion":"1.0","type":"t","id":17,"source":"s","time":%s,\
                "data":{%s"model":"m","output_tokens":1}}\
                """;

        var millis = valid(EventTopic.TOKEN_USAGE, envelope.formatted("1769857200000", ""));
        assertEquals("s 17", millis.get(TokenUsage.EVENT_ID));
        assertEquals("2026-01-31T11:00:00Z", millis.ts().toString());
        assertEquals(
                "2026-01-31T11:00:00Z",
                valid(EventTopic.TOKEN_USAGE, envelope.formatted("-7", TS + ",")).ts().toString(),
                "a time that is none is not needed");
        assertEquals(
                "ts is missing, it is required",
                rejected(EventTopic.TOKEN_USAGE, envelope.formatted("-7", "")).detail());
    }

    @Test
    void takesWholeNumbersForLabels() {
        var event =
                usage("{\"model\":\"m\",\"output_tokens\":1,\"status\":429,\"user\":{\"id\":7}}");

        assertEquals("429", event.get(TokenUsage.STATUS));
        assertEquals("7", event.get(TokenUsage.USER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"total_tokens", "totalTokens", "gen_ai.usage.total_tokens"})
    void refusesATotalAloneByItsName(String name) {
        for (var at :
                List.of(
                        "{%s,\"model\":\"m\",\"%s\":580}",
                        "{%s,\"model\":\"m\",\"usage\":{\"%s\":\"580\"}}")) {
            var rejected = rejected(EventTopic.TOKEN_USAGE, at.formatted(TS, name));

            assertEquals(RejectReason.MISSING_FIELD, rejected.reason());
            assertTrue(rejected.detail().startsWith(name + " is 580 alone, "), rejected.detail());
        }
    }

    @Test
    void namesWhatWasSeenAndWhatIsNearest() {
        assertEquals(
                "ts is missing, it is required; timestmp is not known, the nearest known name is"
                        + " timestamp",
                rejected(EventTopic.TOKEN_USAGE, "{\"timestmp\":1,\"model\":\"m\"}").detail());
        assertEquals(
                "prompt_tokens and completion_tokens are missing, one of them is required"
                        + " unless error_type or status says that the request failed;"
                        + " input_tokns is not known, the nearest known name is input_tokens",
                rejected(
                                EventTopic.TOKEN_USAGE,
                                "{%s,\"model\":\"m\",\"input_tokns\":1}".formatted(TS))
                        .detail());
        assertEquals(
                "ts is missing, it is required; not known: resourceSpans",
                rejected(EventTopic.TOKEN_USAGE, "{\"resourceSpans\":[{\"a\":1}]}").detail());
        assertEquals(
                "host is missing, it is required; not known: rack",
                rejected(EventTopic.GPU_METRICS, "{%s,\"rack\":\"r\"}".formatted(TS)).detail());
    }

    @Test
    void readsAPrometheusSampleAsTheKafkaAdapterWritesIt() {
        var sample =
                """
                {"labels":{"__name__":"DCGM_FI_DEV_POWER_USAGE","gpu":"3","UUID":"GPU-a",\
                "modelName":"NVIDIA L40S","Hostname":"n7","pod":"exporter","exported_pod":"train-0"},\
                "name":"DCGM_FI_DEV_POWER_USAGE","timestamp":"2026-01-31T11:00:00Z","value":"211.5"}\
                """;
        var event = valid(EventTopic.GPU_METRICS, sample);
        var vector =
                valid(
                        EventTopic.GPU_METRICS,
                        """
                        {"metric":{"__name__":"DCGM_FI_DEV_GPU_UTIL","gpu":"3","UUID":"GPU-a",\
                        "modelName":"NVIDIA L40S","Hostname":"n7"},"value":[1769857200.5,"35"]}\
                        """);

        assertEquals(211.5, event.get(GpuMetric.POWER_W));
        assertEquals("NVIDIA L40S", event.get(GpuMetric.NAME));
        assertEquals(3, event.get(GpuMetric.GPU_INDEX));
        assertEquals("train-0", event.get(GpuMetric.POD));
        assertEquals(0.35, vector.get(GpuMetric.UTILIZATION));
        assertEquals("2026-01-31T11:00:00.500Z", vector.ts().toString());
        assertEquals(
                "DCGM_FI_DEV_POWER_USAGES is no known reading, the nearest known name is"
                        + " DCGM_FI_DEV_POWER_USAGE",
                rejected(EventTopic.GPU_METRICS, sample.replace("USAGE\"", "USAGES\"")).detail());
    }

    @Test
    void readsAmdsExporter() {
        var event =
                valid(
                        EventTopic.GPU_METRICS,
                        """
                        {"timestamp":1769857200,"hostname":"a1","gpu_id":"5","card_model":"MI300X",\
                        "serial_number":"692","gpu_gfx_activity":97,"gpu_package_power":740,\
                        "gpu_used_vram":1000,"gpu_total_vram":196592,"gpu_junction_temperature":61,\
                        "gpu_energy_consumed":5000000}\
                        """);

        assertEquals("a1/5", EventKey.of(event));
        assertEquals("MI300X", event.get(GpuMetric.NAME));
        assertEquals(0.97, event.get(GpuMetric.UTILIZATION));
        assertEquals(740.0, event.get(GpuMetric.POWER_W));
        assertEquals(1000L << 20, event.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(61.0, event.get(GpuMetric.TEMP_C));
        assertEquals(5.0, event.get(GpuMetric.ENERGY_J_TOTAL));
    }

    @Test
    void readsNvidiaSmisTextAndTelegraf() {
        var smi =
                valid(
                        EventTopic.GPU_METRICS,
                        """
                        {"ts":"2026-01-31T11:00:00Z","host":"h","index":"1","uuid":"GPU-s","name":"T4",\
                        "utilization.gpu [%]":"2 %","power.draw [W]":"3.10 W",\
                        "memory.used [MiB]":"1234 MiB","temperature.gpu":"41","clocks.sm":"1590 MHz"}\
                        """);
        var telegraf =
                valid(
                        EventTopic.GPU_METRICS,
                        """
                        {"name":"nvidia_smi","timestamp":1769857200,\
                        "tags":{"host":"h","index":"1","name":"T4","uuid":"GPU-s"},\
                        "fields":{"utilization_gpu":2,"power_draw":3.1,"memory_used":1234}}\
                        """);

        for (var event : List.of(smi, telegraf)) {
            assertEquals("T4", event.get(GpuMetric.NAME));
            assertEquals(1, event.get(GpuMetric.GPU_INDEX));
            assertEquals(0.02, event.get(GpuMetric.UTILIZATION));
            assertEquals(3.1, event.get(GpuMetric.POWER_W));
            assertEquals(1234L << 20, event.get(GpuMetric.MEM_USED_BYTES));
        }
        assertEquals(1.59e9, smi.get(GpuMetric.SM_CLOCK_HZ));
    }

    @ParameterizedTest
    @CsvSource({
        "power_w, 300 MiB, WRONG_TYPE",
        "power_w, -3 W, OUT_OF_RANGE",
        "mem_used_bytes, 2 %, WRONG_TYPE",
        "utilization, 250 %, OUT_OF_RANGE",
    })
    void anotherUnitOrRangeIsRefusedAndKept(String field, String text, RejectReason reason) {
        assertEquals(
                List.of(new Refusal(field, reason, text)),
                refusedOf("\"%s\":\"%s\",\"temp_c\":40".formatted(field, text)));
    }

    /** They are part of the prompt where these names come from. */
    @ParameterizedTest
    @ValueSource(strings = {"input_cached_tokens", "num_cached_tokens", "numCachedTokens"})
    void cachedTokensBeyondThePromptCostNoEvent(String name) {
        var record = "{%s,\"model\":\"m\",\"input_tokens\":9,\"%s\":10}".formatted(TS, name);
        var valid = (Valid) decode(EventTopic.TOKEN_USAGE, record);

        assertEquals(9, valid.event().get(TokenUsage.PROMPT_TOKENS));
        assertEquals(
                List.of(new Refusal("cached_prompt_tokens", RejectReason.OUT_OF_RANGE, "10")),
                valid.refused());
    }

    @ParameterizedTest
    @CsvSource({
        "sm_active, 1.0000002, 1",
        "tensor_active, 1.05, 1",
        "utilization, 1.01, 1",
        "DCGM_FI_DEV_GPU_UTIL, 103, 1",
        "DCGM_FI_DEV_GPU_UTIL_RATIO, 1.02, 1",
        "sm_active, 0.9999, 0.9999",
    })
    void aRatioBarelyAboveOneIsOne(String name, String sent, double ratio) {
        var event = valid(EventTopic.GPU_METRICS, sample("\"%s\":%s".formatted(name, sent)));
        var found = event.topic().fields().find(name);

        assertEquals(ratio, found == null ? null : event.get(found.field()));
    }

    @Test
    void aRatioFarAboveOneIsAbsentAndTheSampleKept() {
        var decoded =
                decode(
                        EventTopic.GPU_METRICS,
                        sample("\"DCGM_FI_PROF_SM_ACTIVE\":1.294,\"power_w\":300"));

        assertTrue(decoded instanceof Valid, decoded.toString());
        var valid = (Valid) decoded;
        assertEquals(300.0, valid.event().get(GpuMetric.POWER_W));
        assertNull(valid.event().get(GpuMetric.SM_ACTIVE));
        assertEquals(
                List.of(new Refusal("sm_active", RejectReason.OUT_OF_RANGE, "1.294")),
                valid.refused());
    }

    @Test
    void aBadNameBesideAGoodOneLosesNothing() {
        assertEquals(List.of(), refusedOf("\"power_w\":1,\"power.draw\":\"much\",\"hw.power\":-5"));
    }

    @Test
    void tellsThatNoReadingWasKnown() {
        assertEquals(
                List.of(
                        new Refusal(
                                Refusal.UNKNOWN_NAMES,
                                RejectReason.MISSING_FIELD,
                                "gpu_fan_rpm, rack")),
                refusedOf("\"gpu_fan_rpm\":900,\"rack\":4,\"zone\":\"z\""));
        assertEquals(List.of(), refusedOf("\"gpu_fan_rpm\":900,\"xid\":0"));
        assertEquals(List.of(), refusedOf("\"zone\":\"z\""));
    }

    @Test
    void takesTheEventOutOfItsEnvelopes() {
        var event = "{%s,\"model\":\"m\",\"output_tokens\":1}".formatted(TS);
        var bare = valid(EventTopic.TOKEN_USAGE, event);

        assertEquals(
                bare,
                valid(
                        EventTopic.TOKEN_USAGE,
                        "{\"schema\":{\"type\":\"struct\"},\"payload\":%s}".formatted(event)));
        assertEquals(
                bare,
                valid(
                        EventTopic.TOKEN_USAGE,
                        "{\"schema\":null,\"payload\":\"%s\"}"
                                .formatted(" " + event.replace("\"", "\\\""))));
        var framed = new ByteArrayOutputStream();
        framed.writeBytes(new byte[] {0, 0, 0, 1, 7});
        framed.writeBytes(event.getBytes(UTF_8));
        assertEquals(bare, valid(codec.decode(EventTopic.TOKEN_USAGE, framed.toByteArray(), NOW)));
        assertEquals(
                RejectReason.NOT_JSON,
                rejected(
                                codec.decode(
                                        EventTopic.TOKEN_USAGE,
                                        new byte[] {0, 0, 0, 1, 7, 2, 3},
                                        NOW))
                        .reason());
        assertEquals(
                "payload is null, expected the event",
                rejected(EventTopic.TOKEN_USAGE, "{\"schema\":{},\"payload\":null}").detail());
    }

    /** What editors and other encodings put before the first bracket. */
    @ParameterizedTest
    @CsvSource({
        "UTF-8, '\ufeff{', ",
        "UTF-8, '\0\0\0\u0001\u0007\ufeff{', ",
        "UTF-16LE, '\ufeff{', 'it is UTF-16, expected UTF-8'",
        "UTF-16BE, '\ufeff{', 'it is UTF-16, expected UTF-8'",
        "UTF-16LE, '{', 'it is UTF-16, expected UTF-8'",
        "UTF-16BE, '{', 'it is UTF-16, expected UTF-8'",
        "UTF-16BE, '[{', 'it is UTF-16, expected UTF-8'",
    })
    void aMarkIsSkippedAndAnotherEncodingIsNamed(
            String encoding, String begin, @Nullable String defect) {
        var record = begin + "%s,\"model\":\"m\",\"output_tokens\":1}".formatted(TS);
        var bytes = record.getBytes(Charset.forName(encoding));

        var decoded = codec.decode(EventTopic.TOKEN_USAGE, bytes, NOW);

        assertEquals(
                defect == null ? "m" : "record is not a JSON object: " + defect,
                switch (decoded) {
                    case Valid(var event, _) -> event.get(TokenUsage.MODEL);
                    case Decoded.Rejected(_, var detail) -> detail;
                });
        assertEquals(List.of(), RecordItems.of(bytes, 9));
    }

    @Test
    void aListBehindAMarkIsAList() {
        var event = "{%s,\"model\":\"m\",\"output_tokens\":1}".formatted(TS);
        for (var list : List.of("[%s, %s]", "%s\r\n%s\r\n\r\n")) {
            var record = "\ufeff" + list.formatted(event, event);
            assertEquals(2, RecordItems.of(record.getBytes(UTF_8), 9).size(), list);
        }
        assertTrue(
                rejected(EventTopic.TOKEN_USAGE, "[%s,]".formatted(event))
                        .detail()
                        .contains("Unexpected character (']'"),
                "a list that is none says why");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'tokens':7",
                "'tokens':7,'type':'total'",
                "'tokens':7,'type':3",
                "'tokens':7,'type':'completion'" // what was asked for, and a total
            })
    void refusesTokensOfNoDirection(String said) {
        var record = "{%s,\"model\":\"m\",%s}".formatted(TS, said.replace('\'', '"'));

        assertEquals(RejectReason.MISSING_FIELD, rejected(EventTopic.TOKEN_USAGE, record).reason());
    }

    /** A bad reading under another unit's name comes through as it was said, and is no value. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'power_w':-3",
                "'DCGM_FI_DEV_FB_USED':9e9",
                "'temp_c':'<hot> ü','sm_clock_hz':{'a':1}",
                "'DCGM_FI_DEV_GPU_TEMPERATURES':3"
            })
    void aRefusedReadingIsPassedOnAsItWasSaid(String readings) {
        var record = sample(readings.replace('\'', '"'));
        var first = (Valid) decode(EventTopic.GPU_METRICS, record);
        assertFalse(first.refused().isEmpty());

        var bytes = EventCodec.encode(first.event(), first.refused());
        var second = (Valid) codec.decode(EventTopic.GPU_METRICS, bytes, NOW);

        assertEquals(first.event(), second.event());
        assertEquals(
                first.refused().stream()
                        .map(each -> new Refusal(each.field(), each.reason(), each.said(), true))
                        .toList(),
                second.refused());
    }

    @Test
    void whatIsCalledRefusedAndIsNotPassedOnMeansNothing() {
        for (var refused :
                List.of(
                        "3",
                        "{'power_w':'-3'}",
                        "{'nothing':{'reason':'out_of_range','said':'1'}}",
                        "{'power_w':{'reason':'because','said':'1'}}",
                        "{'utilization':{'reason':'out_of_range','said':'1'}}")) {
            var readings = "'utilization':0.5,'refused':%s".formatted(refused);
            assertEquals(List.of(), refusedOf(readings.replace('\'', '"')), refused);
        }
    }

    @Test
    void everyNameIsAlsoUnderstoodInCamelCase() {
        var names = TokenUsage.TABLE.names();
        for (var name : List.of("promptTokens", "requestId", "latencyMs", "cacheReadInputTokens")) {
            assertTrue(names.contains(name), name);
        }
        assertTrue(GpuMetric.TABLE.names().containsAll(List.of("gpuIndex", "memUsedBytes")));
    }

    private static Event usage(String record) {
        return valid(EventTopic.TOKEN_USAGE, "{" + TS + "," + record.substring(1));
    }

    private static String sample(String readings) {
        return "{%s,\"host\":\"h\",\"gpu_index\":0,\"name\":\"T4\",%s}".formatted(TS, readings);
    }

    private static List<Refusal> refusedOf(String readings) {
        return switch (decode(EventTopic.GPU_METRICS, sample(readings))) {
            case Valid(_, var refused) -> refused;
            case Decoded.Rejected rejected -> throw new AssertionError(rejected);
        };
    }

    private static long count(Event event, Field<Long> field) {
        @Nullable Long tokens = event.get(field);
        return tokens == null ? 0 : tokens;
    }
}
