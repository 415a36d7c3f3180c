package gpuanalytics.event;

import static gpuanalytics.event.Samples.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What providers answer without a time, told just now. */
class AnswersTest {

    private final EventCodec codec = new EventCodec(Samples.LIMITS);

    private Decoded arrived(String singleQuoted) {
        return codec.decodeArrived(
                EventTopic.TOKEN_USAGE,
                singleQuoted.replace('\'', '"').getBytes(UTF_8),
                HeaderLookup.NONE,
                NOW);
    }

    private Rejected refused(String singleQuoted) {
        return assertInstanceOf(Rejected.class, arrived(singleQuoted), singleQuoted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':'msg_1','type':'message','role':'assistant','model':'m','content':[],"
                        + "'usage':{'input_tokens':1,'output_tokens':2}}",
                "{'object':'list','data':[],'model':'m','usage':{'prompt_tokens':1}}",
                "{'object':'chat.completion','created':null,'choices':[],'model':'m',"
                        + "'usage':{'prompt_tokens':1}}",
                "{'candidates':[],'modelVersion':'m','usageMetadata':{'promptTokenCount':1}}",
                "{'model':'m','usage':{'prompt_tokens':1},'id':'r','user':'ann'}",
            })
    void anAnswerHasTheTimeOfItsArrival(String answer) {
        var event = assertInstanceOf(Valid.class, arrived(answer)).event();

        assertEquals(NOW, event.ts());
        assertEquals(1, event.get(TokenUsage.PROMPT_TOKENS));
        // where nobody knows when it came, its time is required
        assertEquals(
                "ts is missing, it is required",
                assertInstanceOf(
                                Rejected.class,
                                codec.decode(
                                        EventTopic.TOKEN_USAGE,
                                        answer.replace('\'', '"').getBytes(UTF_8),
                                        NOW))
                        .detail()
                        .split(";", 2)[0]);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'object':'chat.completion','created':1769860000,'model':'m','usage':{'prompt_tokens':1}}",
                "{'type':'message','model':'m','usage':{'input_tokens':1},'timestamp':1769860000}"
            })
    void aTimeOfItsOwnCounts(String answer) {
        assertEquals(
                1_769_860_000,
                assertInstanceOf(Valid.class, arrived(answer)).event().ts().getEpochSecond());
    }

    /** An event of ours, one in an envelope, and what may have a time that is not known here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model':'m','prompt_tokens':1,'completion_tokens':2}",
                "{'model':'m','usage':{'prompt_tokens':1},'logged_when':'2025-01-01T00:00:00Z'}",
                "{'type':'message_delta','model':'m','usage':{'output_tokens':1}}",
                "{'specversion':'1.0','id':'1','source':'s','type':'t',"
                        + "'data':{'model':'m','usage':{'prompt_tokens':1}}}"
            })
    void nothingElseIsGivenATime(String event) {
        var refused = refused(event);

        assertEquals(RejectReason.MISSING_FIELD, refused.reason());
        assertTrue(refused.detail().startsWith("ts is missing, it is required"), refused.detail());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt_tokens':9,'completion_tokens':3,'total_tokens':12,'prompt_tokens_details':{'cached_tokens':0}}",
                "{'input_tokens':9,'output_tokens':3,'service_tier':'standard'}",
                "{'usage':{'prompt_tokens':9}}",
                "{'text':'Hello','usage':{'type':'tokens','input_tokens':9,'output_tokens':3}}"
            })
    void aUsageAloneIsToldWhatItLacks(String usage) {
        assertEquals(
                new Rejected(
                        RejectReason.MISSING_FIELD,
                        "model and ts are missing, expected both, or the model beside the usage"
                                + " object of an answer: {\"model\":\"…\",\"usage\":{…}}"),
                refused(usage));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'message','model':'m','created_at':'yesterday','usage':{'input_tokens':1}}",
                "{'type':'message','model':'m','usage':{'input_tokens':-1}}"
            })
    void whatIsBadIsRefusedAllTheSame(String answer) {
        assertTrue(refused(answer).reason() != RejectReason.MISSING_FIELD);
    }
}
