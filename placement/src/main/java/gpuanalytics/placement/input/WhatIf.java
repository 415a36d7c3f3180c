package gpuanalytics.placement.input;

import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Other nodes than there are. First GPUs become others, then nodes go, then nodes come.
 *
 * @param replaced GPU models that become others, such as {@code T4=A10}
 * @param removed nodes that go, such as {@code 5:T4} or {@code 5:T4x2}
 * @param added nodes that come, such as {@code 10:A100x8}, or {@code 10:H200x8:192000:2097152} with
 *     milli-cores and MiB where no node is like them
 */
public record WhatIf(List<Replaced> replaced, List<Removed> removed, List<Added> added) {

    static final int MAX_NODES = 100_000;
    static final int MAX_CHANGES = 100;

    private static final String MODEL = "([^:|=,]{1,100}?)";
    private static final String COUNT = "([1-9][0-9]{0,5})";
    private static final Pattern ADDED =
            Pattern.compile(COUNT + ":" + MODEL + "x([1-9][0-9]?)(?::([0-9]{1,8}):([0-9]{1,9}))?");
    private static final Pattern REMOVED =
            Pattern.compile(COUNT + ":" + MODEL + "(?:x([1-9][0-9]?))?");
    private static final Pattern REPLACED = Pattern.compile(MODEL + "=" + MODEL);
    private static final int MAX_GPUS_PER_NODE = 64;

    /** Nodes that come; without {@code room} as large as those there are with such GPUs. */
    public record Added(int count, String model, int gpus, Optional<Room> room) {}

    /** What a node has beside GPUs. */
    public record Room(int cpuMilli, int memoryMib) {}

    /** Nodes that go, those last in the file first; {@code gpus} 0 for any number of GPUs. */
    public record Removed(int count, String model, int gpus) {}

    /** A GPU model that becomes another one; pods that ask for the old one by name do not. */
    public record Replaced(String model, String by) {}

    public WhatIf {
        replaced = List.copyOf(replaced);
        removed = List.copyOf(removed);
        added = List.copyOf(added);
    }

    /** The nodes that there are. */
    public static WhatIf nothing() {
        return new WhatIf(List.of(), List.of(), List.of());
    }

    /** Reads {@code 10:A100x8} or {@code 10:H200x8:192000:2097152}. */
    public static Added added(String name, String text) throws BadInputException {
        var parts = ADDED.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > MAX_GPUS_PER_NODE) {
            throw bad(
                    name,
                    text,
                    "COUNT:MODELxGPUS such as 10:A100x8, or 10:A100x8:96000:393216 with"
                            + " milli-cores and MiB");
        }
        var room =
                parts.group(4) == null
                        ? Optional.<Room>empty()
                        : Optional.of(
                                new Room(
                                        Integer.parseInt(parts.group(4)),
                                        Integer.parseInt(parts.group(5))));
        return new Added(
                Integer.parseInt(parts.group(1)),
                parts.group(2),
                Integer.parseInt(parts.group(3)),
                room);
    }

    /** Reads {@code 5:T4} or {@code 5:T4x2}. */
    public static Removed removed(String name, String text) throws BadInputException {
        var parts = REMOVED.matcher(text);
        if (!parts.matches()) {
            throw bad(name, text, "COUNT:MODEL or COUNT:MODELxGPUS such as 5:T4 or 5:T4x2");
        }
        int gpus = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
        return new Removed(Integer.parseInt(parts.group(1)), parts.group(2), gpus);
    }

    /** Reads {@code T4=A10}. */
    public static Replaced replaced(String name, String text) throws BadInputException {
        var parts = REPLACED.matcher(text);
        if (!parts.matches()) {
            throw bad(name, text, "MODEL=MODEL such as T4=A10");
        }
        return new Replaced(parts.group(1), parts.group(2));
    }

    /**
     * The input on the nodes that would be.
     *
     * @throws BadInputException where a change finds no node to change or to be like
     */
    public RehearsalInput of(RehearsalInput input) throws BadInputException {
        if (replaced.size() + removed.size() + added.size() > MAX_CHANGES) {
            throw new BadInputException(
                    "what-if has %d changes, expected at most %d"
                            .formatted(
                                    replaced.size() + removed.size() + added.size(), MAX_CHANGES));
        }
        var nodes = new ArrayList<>(input.nodes());
        for (var change : replaced) {
            replace(nodes, change);
        }
        for (var change : removed) {
            remove(nodes, change);
        }
        for (var change : added) {
            add(nodes, change, input.nodes());
        }
        return input.on(nodes);
    }

    private static void replace(List<TraceNode> nodes, Replaced change) throws BadInputException {
        boolean isFound = false;
        for (int place = 0; place < nodes.size(); place++) {
            var node = nodes.get(place);
            if (node.gpus() > 0 && node.model().equals(change.model())) {
                nodes.set(place, with(node, change.by()));
                isFound = true;
            }
        }
        if (!isFound) {
            throw bad(
                    "what-if model",
                    change.model(),
                    "a GPU model that a node has: " + models(nodes));
        }
    }

    private static void remove(List<TraceNode> nodes, Removed change) throws BadInputException {
        int left = change.count();
        for (int place = nodes.size() - 1; place >= 0 && left > 0; place--) {
            if (isLike(nodes.get(place), change.model(), change.gpus())) {
                nodes.remove(place);
                left--;
            }
        }
        if (left > 0) {
            throw bad(
                    "what-if removal of nodes with " + change.model(),
                    Integer.toString(change.count()),
                    "at most the %d that there are".formatted(change.count() - left));
        }
    }

    private static void add(List<TraceNode> nodes, Added change, List<TraceNode> present)
            throws BadInputException {
        if (nodes.size() + change.count() > MAX_NODES) {
            throw bad(
                    "what-if number of nodes",
                    Integer.toString(nodes.size() + change.count()),
                    "at most " + MAX_NODES);
        }
        var like =
                present.stream()
                        .filter(node -> isLike(node, change.model(), change.gpus()))
                        .findFirst();
        if (like.isEmpty() && change.room().isEmpty()) {
            throw bad(
                    "what-if node",
                    "%sx%d".formatted(change.model(), change.gpus()),
                    "a kind that there is already, or its milli-cores and MiB as in %sx%d:96000:393216"
                            .formatted(change.model(), change.gpus()));
        }
        var room =
                change.room()
                        .orElseGet(
                                () ->
                                        new Room(
                                                like.orElseThrow().cpuMilli(),
                                                like.orElseThrow().memoryMib()));
        for (int number = 1; number <= change.count(); number++) {
            nodes.add(
                    new TraceNode(
                            "added-%s-%d".formatted(change.model(), number),
                            room.cpuMilli(),
                            room.memoryMib(),
                            change.gpus(),
                            change.model()));
        }
    }

    private static boolean isLike(TraceNode node, String model, int gpus) {
        return node.gpus() > 0 && node.model().equals(model) && (gpus == 0 || node.gpus() == gpus);
    }

    private static TraceNode with(TraceNode node, String model) {
        return new TraceNode(node.name(), node.cpuMilli(), node.memoryMib(), node.gpus(), model);
    }

    private static String models(List<TraceNode> nodes) {
        return nodes.stream()
                .filter(node -> node.gpus() > 0)
                .map(TraceNode::model)
                .distinct()
                .sorted()
                .limit(20)
                .reduce((left, right) -> left + ", " + right)
                .orElse("none");
    }

    private static BadInputException bad(String thing, String value, String expected) {
        return new BadInputException("%s is %s, expected %s".formatted(thing, value, expected));
    }
}
