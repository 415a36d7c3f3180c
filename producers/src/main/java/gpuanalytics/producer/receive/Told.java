package gpuanalytics.producer.receive;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.Decoded.Valid;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.publish.Letter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One item of what a client has told. */
public sealed interface Told {

    /**
     * It is an event.
     *
     * @param refused the readings that it lacks because of what was said of them
     */
    record Fact(Event event, List<Refusal> refused) implements Told {}

    /** It is not, and goes to the dead letters. */
    record Refused(Letter letter) implements Told {}

    /** What decoding has made of an item that came as these bytes. */
    static Told of(Decoded decoded, EventTopic topic, String contentType, byte[] bytes) {
        return of(decoded, topic, contentType, () -> bytes);
    }

    /** The same where the bytes take work, and only a refused item needs them. */
    static Told of(Decoded decoded, EventTopic topic, String contentType, Supplier<byte[]> bytes) {
        return switch (decoded) {
            case Valid valid -> new Fact(valid.event(), valid.refused());
            case Rejected why ->
                    new Refused(new Letter(why, Optional.of(topic), contentType, bytes.get()));
        };
    }
}
