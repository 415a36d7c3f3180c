package gpuanalytics.local.demo;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.EventSource;
import gpuanalytics.producer.source.synthetic.SyntheticOptions;
import gpuanalytics.producer.source.synthetic.SyntheticSource;
import gpuanalytics.producer.source.synthetic.shard.ShardShare;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The simulated fleet by another clock, with what goes wrong in it. */
final class DemoDay implements EventSource {

    private final SyntheticSource fleet;
    private final DemoTime time;
    private final Incidents incidents;
    private volatile boolean isOver;

    DemoDay(SyntheticOptions options, double eventsPerSecond, DemoTime time, Incidents incidents) {
        var all = new ShardShare(1, Map.of(0, eventsPerSecond));
        // however slowly the day is taken in, none of it is skipped
        var patient =
                new SyntheticOptions(
                        options.fleet(),
                        options.seed(),
                        options.sampleInterval(),
                        DemoTime.DAY.multipliedBy(2));
        this.fleet = new SyntheticSource(patient, () -> all);
        // it begins when it is first asked, which may be hours into a day that goes by in seconds
        var _ = fleet.nextDue(time.start());
        this.time = time;
        this.incidents = incidents;
    }

    @Override
    public boolean ended() {
        return false;
    }

    /** Whether all of the day has been taken; may be asked by any thread. */
    boolean isOver() {
        return isOver;
    }

    @Override
    public Instant nextDue(Instant now) {
        var due = fleet.nextDue(time.at(now));
        isOver = time.isOver(due) && time.isOver(now) && !incidents.isLateFileDue(now);
        return incidents.isLateFileDue(now) ? now : time.when(due);
    }

    @Override
    public List<Event> take(Instant now, int max) {
        if (incidents.isLateFileDue(now)) {
            return incidents.lateFile(max);
        }
        var events = new ArrayList<Event>();
        for (var event : fleet.take(time.at(now), max)) {
            incidents.told(event).ifPresent(events::add);
        }
        return events;
    }
}
