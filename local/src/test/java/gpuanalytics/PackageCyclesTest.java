package gpuanalytics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PackageCyclesTest {

    @Test
    void findsACycleAndWhatLeadsToIt() {
        var known =
                Map.of(
                        "api", Set.of("query"),
                        "query", Set.of("store", "write"),
                        "write", Set.of("query"),
                        "store", Set.<String>of());

        assertEquals(
                Map.of(
                        "api", Set.of("query"),
                        "query", Set.of("write"),
                        "write", Set.of("query")),
                PackageCycles.among(known));
    }

    @Test
    void findsNoneInAChain() {
        var known = Map.of("a", Set.of("b", "c"), "b", Set.of("c"), "c", Set.<String>of());

        assertEquals(Map.of(), PackageCycles.among(known));
    }

    /** Chronologies are parsed by formatters, which know chronologies. */
    @Test
    void findsThatOfRealClasses() {
        var classes = new ClassFileImporter().importPackages("java.time");

        var cyclic = PackageCycles.below("java.time", classes);

        assertTrue(cyclic.keySet().containsAll(Set.of("chrono", "format")), cyclic.toString());
    }
}
