package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.Verdict.Contradiction;
import gpuanalytics.processor.write.Verdict.Repeat;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNumber;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is said about a GPU and moment that has a sample: readings that it lacks are added to
 * it, other pods are further users of it, another value of a reading contradicts it. A record that
 * contradicts in one reading adds none: what is in the dead letters does not count in part.
 */
final class SampleWords {

    private static final List<Field<?>> READINGS = readings();

    /** Who uses the GPU: what tells the users of one sample apart. */
    private static final List<Field<String>> USER =
            List.of(GpuMetric.NAMESPACE, GpuMetric.POD, GpuMetric.CONTAINER);

    /** Of the first word, what is no part of the sample. */
    private static final List<String> OF_THE_WORD =
            List.of(StoreLayout.ID, StoreLayout.STORED_AT, StoreLayout.SRC, StoreLayout.OVERFLOW);

    private final IdentityRules rules;

    SampleWords(IdentityRules rules) {
        this.rules = rules;
    }

    Verdict judge(Row row, Family family) {
        var sample = sample(family.newest().document());
        var adds = new ArrayList<String>();
        for (var field : READINGS) {
            var value = row.document().get(field.name());
            if (!Content.agree(field, row.document(), sample)) {
                return contradiction(row, family, field, sample.get(field.name()));
            }
            if (value != null && !sample.containsKey(field.name()) && isOfItsOwn(field)) {
                adds.add(field.name());
            }
        }
        return adds.isEmpty() && isSaid(row, family, sample)
                ? new Repeat()
                : merging(row, family, sample, adds);
    }

    /** The time that a sample stands for was counted with its first word. */
    private static boolean isOfItsOwn(Field<?> field) {
        return !field.equals(GpuMetric.INTERVAL_S);
    }

    private static boolean isSaid(Row row, Family family, BsonDocument sample) {
        var read = row.document();
        return Content.within(EventTopic.GPU_METRICS, read, sample)
                || family.words().stream()
                        .anyMatch(
                                word ->
                                        Content.within(
                                                EventTopic.GPU_METRICS, read, word.document()));
    }

    /** All that was said of the sample up to a word. */
    private static BsonDocument sample(BsonDocument newest) {
        if (newest.get(StoreLayout.MERGED) instanceof BsonDocument merged) {
            return copy(merged);
        }
        var sample = copy(newest);
        OF_THE_WORD.forEach(sample::remove);
        return sample;
    }

    private static Verdict contradiction(
            Row row, Family family, Field<?> field, @Nullable BsonValue stored) {
        return new Contradiction(
                RejectReason.CONFLICT,
                "%s is %s at %s and %s at %s or before, expected one value for one GPU and moment"
                        .formatted(
                                field.name(),
                                text(row.document().get(field.name())),
                                Content.text(row.record().position()),
                                text(stored),
                                Content.text(family.newest().position())));
    }

    private static String text(@Nullable BsonValue value) {
        return value != null && value.isNumber()
                ? Double.toString(value.asNumber().doubleValue())
                : String.valueOf(value);
    }

    private Verdict merging(Row row, Family family, BsonDocument sample, List<String> adds) {
        var word = new LaterWord(row, family, Role.MERGING);
        var names = new BsonArray();
        adds.forEach(name -> names.add(new BsonString(name)));
        word.said().append(StoreLayout.SAID_ADDS, names);
        var interval = interval(sample);
        if (interval != null) {
            word.said().append(StoreLayout.SAID_INTERVAL_S, interval);
        }
        countBesideTheFirst(word.document(), family);
        leaveOutWhatCounts(word.document(), sample);
        standForTheFirst(word.document(), row, adds, interval);
        word.document().append(StoreLayout.MERGED, merged(row.document(), sample));
        return word.next();
    }

    /** Its readings count where the sample does. */
    private static void countBesideTheFirst(BsonDocument word, Family family) {
        var first = family.first();
        var mark = first == null ? null : first.document().get(StoreLayout.OVERFLOW);
        word.remove(StoreLayout.OVERFLOW);
        if (mark != null) {
            word.append(StoreLayout.OVERFLOW, mark);
        }
    }

    /** An energy, or an error, that one reading has told is not told again by another. */
    private static void leaveOutWhatCounts(BsonDocument word, BsonDocument sample) {
        if (hasEnergy(sample)) {
            word.put(StoreLayout.DECIDED_ENERGY_UJ, new BsonInt64(0));
        }
        var total = GpuMetric.XID_ERRORS_TOTAL.name();
        if (sample.containsKey(total)) {
            word.put(StoreLayout.DECIDED_XID_ERRORS, new BsonInt64(0));
        } else if (sample.containsKey(GpuMetric.XID.name())) {
            // Of what the counter has risen by, the errors that codes have counted are taken off.
            keepErrors(word, word.containsKey(total));
        }
    }

    /** Says how many errors a word tells of beside a code that counts with the sample. */
    private static void keepErrors(BsonDocument word, boolean hasTotal) {
        if (!hasTotal) {
            word.put(StoreLayout.DECIDED_XID_ERRORS, new BsonInt64(0));
        } else if (!word.containsKey(StoreLayout.DECIDED_XID_ERRORS)) {
            var errors = isError(word.get(GpuMetric.XID.name())) ? 1 : 0;
            word.put(StoreLayout.DECIDED_XID_ERRORS, new BsonInt64(errors));
        }
    }

    private static boolean isError(@Nullable BsonValue code) {
        return code instanceof BsonNumber number && number.longValue() != 0;
    }

    /**
     * A part of a board has drawn what its power says over the time of the first word, as a whole
     * one has.
     */
    private static void standForTheFirst(
            BsonDocument word, Row row, List<String> adds, @Nullable BsonValue interval) {
        var own = row.values().number(GpuMetric.INTERVAL_S);
        if (adds.contains(GpuMetric.POWER_W.name())
                && word.get(StoreLayout.DECIDED_ENERGY_UJ) instanceof BsonNumber energy
                && interval instanceof BsonNumber first
                && first.doubleValue() != own
                && own > 0) {
            var microjoules = energy.longValue() / own * first.doubleValue();
            word.put(StoreLayout.DECIDED_ENERGY_UJ, new BsonInt64(Math.round(microjoules)));
        }
    }

    private static boolean hasEnergy(BsonDocument sample) {
        return sample.containsKey(GpuMetric.POWER_W.name())
                || sample.get(StoreLayout.DECIDED_ENERGY_UJ) instanceof BsonNumber;
    }

    private static @Nullable BsonValue interval(BsonDocument sample) {
        var given = sample.get(GpuMetric.INTERVAL_S.name());
        return given != null ? given : sample.get(StoreLayout.ASSUMED_INTERVAL_S);
    }

    /** The sample as both say it; of a label, what was said first. */
    private BsonDocument merged(BsonDocument row, BsonDocument sample) {
        var merged = copy(sample);
        var pods = pods(sample);
        for (var field : EventTopic.GPU_METRICS.fields().fields()) {
            var value = row.get(field.name());
            if (value != null && isOfItsOwn(field)) {
                merged.putIfAbsent(field.name(), value);
            }
        }
        if (!hasEnergy(sample)
                && row.get(StoreLayout.DECIDED_ENERGY_UJ) instanceof BsonNumber energy) {
            merged.put(StoreLayout.DECIDED_ENERGY_UJ, energy);
        }
        var user = user(row);
        if (user != null && !pods.contains(user) && pods.size() < rules.maxPods()) {
            pods.add(user);
        }
        if (!pods.isEmpty()) {
            merged.put(StoreLayout.PODS, pods);
        }
        return merged;
    }

    private static BsonArray pods(BsonDocument sample) {
        if (sample.get(StoreLayout.PODS) instanceof BsonArray known) {
            return known.clone();
        }
        var first = user(sample);
        return first == null ? new BsonArray() : new BsonArray(List.of(first));
    }

    /** Namespace, pod and container, as far as they are said, parted by a slash. */
    private static @Nullable BsonString user(BsonDocument document) {
        var parts =
                USER.stream()
                        .map(field -> document.get(field.name()))
                        .filter(BsonString.class::isInstance)
                        .map(text -> text.asString().getValue())
                        .toList();
        return parts.isEmpty() ? null : new BsonString(String.join("/", parts));
    }

    private static BsonDocument copy(BsonDocument document) {
        var copy = new BsonDocument();
        document.forEach(copy::append);
        return copy;
    }

    /** Every number but the one that names the GPU. */
    private static List<Field<?>> readings() {
        var readings = new ArrayList<Field<?>>();
        for (var field : EventTopic.GPU_METRICS.fields().fields()) {
            switch (field.kind()) {
                case INTEGER, NUMBER, FLAG -> {
                    if (!field.equals(GpuMetric.GPU_INDEX)) {
                        readings.add(field);
                    }
                }
                case TEXT, TIME -> {}
            }
        }
        return List.copyOf(readings);
    }
}
