package gpuanalytics;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Packages that know each other in a circle. */
final class PackageCycles {

    private PackageCycles() {}

    /**
     * The packages directly below a root, each with all that is in it, that are in a cycle or know
     * one that is; with each the others that it knows. Empty where there is no cycle.
     */
    static Map<String, Set<String>> below(String root, JavaClasses classes) {
        var known = new TreeMap<String, Set<String>>();
        for (var type : classes) {
            var from = part(root, type);
            if (from.isEmpty()) {
                continue;
            }
            var others = known.computeIfAbsent(from.get(), _ -> new TreeSet<>());
            for (var dependency : type.getDirectDependenciesFromSelf()) {
                part(root, dependency.getTargetClass().getBaseComponentType())
                        .filter(to -> !to.equals(from.get()))
                        .ifPresent(others::add);
            }
        }
        return among(known);
    }

    /** Takes out what knows nothing more, until nothing is left or each knows another. */
    static Map<String, Set<String>> among(Map<String, Set<String>> known) {
        var left = new TreeMap<String, Set<String>>();
        known.forEach((part, others) -> left.put(part, new TreeSet<>(others)));
        while (left.values().removeIf(Set::isEmpty)) {
            left.values().forEach(others -> others.retainAll(left.keySet()));
        }
        return left;
    }

    private static Optional<String> part(String root, JavaClass type) {
        var name = type.getPackageName();
        return name.startsWith(root + ".")
                ? Optional.of(name.substring(root.length() + 1).split("\\.", 2)[0])
                : Optional.empty();
    }
}
