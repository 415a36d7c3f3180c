package gpuanalytics.processor.write;

import gpuanalytics.event.EventId;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.write.Verdict.Contradiction;
import gpuanalytics.processor.write.Verdict.Known;
import gpuanalytics.processor.write.Verdict.Repeat;

/**
 * Judges an event by what is stored under its identity, and by nothing else: no clock, no memory of
 * this process.
 */
final class Judgement {

    private final RequestWords requests;
    private final SampleWords samples;

    Judgement(IdentityRules rules) {
        this.requests = new RequestWords(rules);
        this.samples = new SampleWords(rules);
    }

    Verdict judge(Row row, Family family) {
        var topic = row.values().topic();
        var own = family.from(row.record().position());
        if (own != null) {
            return new Known(own);
        }
        for (var word : family.words()) {
            if (Content.same(topic, row.document(), word.document())) {
                return new Repeat();
            }
        }
        if (family.identity().startsWith(EventId.GIVEN)) {
            // The sender's promise that all under it is one event.
            return new Contradiction(
                    RejectReason.CONFLICT,
                    "event_id says something else at %s than what is stored from %s, expected the same event or another event_id"
                            .formatted(
                                    Content.text(row.record().position()),
                                    Content.text(family.newest().position())));
        }
        return topic == EventTopic.TOKEN_USAGE
                ? requests.judge(row, family)
                : samples.judge(row, family);
    }
}
