package gpuanalytics.bench;

import gpuanalytics.bench.report.RaceResult.Measure;
import gpuanalytics.bench.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Figures beside the race, several of each name. */
final class Measures {

    private record Name(String what, String unit) {}

    private final Map<Name, List<Double>> values = new LinkedHashMap<>();

    /** Notes one and prints it. */
    void add(String what, String unit, double value) {
        values.computeIfAbsent(new Name(what, unit), _ -> new ArrayList<>()).add(value);
        System.out.printf("%s: %,.2f %s%n", what, value, unit);
    }

    /** Their spreads, in the order in which they were first measured. */
    List<Measure> spreads() {
        return values.entrySet().stream()
                .map(
                        entry ->
                                new Measure(
                                        entry.getKey().what(),
                                        entry.getKey().unit(),
                                        Spread.of(entry.getValue())))
                .toList();
    }
}
