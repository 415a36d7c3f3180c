package gpuanalytics.producer;

import gpuanalytics.event.EventCodec;
import gpuanalytics.producer.publish.KafkaPublisher;
import gpuanalytics.producer.receive.Door;
import gpuanalytics.producer.receive.DoorKind;
import gpuanalytics.producer.receive.DoorSettings;
import gpuanalytics.producer.receive.OpenDoor;
import gpuanalytics.producer.receive.TlsCheck;
import gpuanalytics.producer.receive.grpc.GrpcDoor;
import gpuanalytics.producer.receive.http.HttpDoor;
import gpuanalytics.producer.receive.otlp.CumulativeStreams;
import gpuanalytics.producer.receive.otlp.Otlp;
import gpuanalytics.producer.receive.otlp.UsageOrigins;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.http.BearerTokens;
import gpuanalytics.service.lifecycle.Closing;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Opens the doors that are asked for: a new kind gets its line here. */
final class Doors {

    private Doors() {}

    /**
     * Opens all or none.
     *
     * @throws ConfigurationException where one cannot listen, or the tokens cannot be read, or the
     *     files of TLS cannot be used
     */
    static Map<DoorKind, OpenDoor> open(
            DoorSettings settings, KafkaPublisher kafka, Clock clock, MeterRegistry meters) {
        var open = new EnumMap<DoorKind, OpenDoor>(DoorKind.class);
        if (settings.open().isEmpty()) {
            return open;
        }
        var tokens = tokens(settings);
        settings.http().tls().ifPresent(TlsCheck::check);
        // one for all doors: who connects anew may do so by the other protocol
        var streams = new CumulativeStreams(settings.cumulative().maxStreams());
        try {
            for (var kind : settings.open()) {
                var door =
                        new Door(
                                kind.label(),
                                kafka.forDoor(kind.label()),
                                settings.limits().ackTimeout(),
                                settings.limits().maxBytes(),
                                clock,
                                meters);
                open.put(kind, open(kind, settings, door, tokens, streams, clock, meters));
            }
        } catch (RuntimeException e) {
            Closing.inOrder(List.copyOf(open.values()));
            throw e;
        }
        return open;
    }

    private static OpenDoor open(
            DoorKind kind,
            DoorSettings settings,
            Door door,
            BearerTokens tokens,
            CumulativeStreams streams,
            Clock clock,
            MeterRegistry meters) {
        var otlp =
                new Otlp(
                        door,
                        new EventCodec(settings.events()),
                        settings.limits().maxItems(),
                        new UsageOrigins(settings.usageFrom()),
                        streams,
                        settings.cumulative().counted(),
                        clock);
        try {
            return switch (kind) {
                case HTTP -> HttpDoor.open(settings, door, tokens, otlp, clock, meters);
                case GRPC -> GrpcDoor.open(settings, door, tokens, otlp, clock);
            };
        } catch (RuntimeException e) {
            door.close();
            throw e;
        }
    }

    private static BearerTokens tokens(DoorSettings settings) {
        try {
            return new BearerTokens(settings.tokens());
        } catch (IOException e) {
            throw new ConfigurationException(
                    List.of("DOOR_TOKENS_FILE cannot be read: " + e.getMessage()));
        }
    }
}
