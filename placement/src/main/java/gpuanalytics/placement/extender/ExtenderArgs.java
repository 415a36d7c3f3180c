package gpuanalytics.placement.extender;

import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.kubernetes.JsonItem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a scheduler asks, as {@code k8s.io/kube-scheduler/extender/v1} has it. Its types have no
 * names for JSON, so they are Go's, capitalised; older schedulers and the documentation write them
 * with a small letter. Either is understood, and answered in kind.
 *
 * @param isCapitalised how the question was written
 * @param nodeNames the nodes asked about
 * @param nodes the same whole, for a scheduler without {@code nodeCacheCapable}
 */
record ExtenderArgs(
        boolean isCapitalised,
        PodState pod,
        List<String> nodeNames,
        Optional<List<JsonItem>> nodes) {

    /** A question that cannot be understood; the message is one line. */
    static final class BadArgsException extends Exception {
        private static final long serialVersionUID = 1L;

        BadArgsException(String line) {
            super(line, null, false, false);
        }

        String line() {
            return String.valueOf(getMessage());
        }
    }

    /** A pod to be put on a node. */
    record Binding(boolean isCapitalised, String name, String namespace, String uid, String node) {

        static Binding read(byte[] body) throws BadArgsException {
            var item = parsed(body);
            return new Binding(
                    capitalised(item),
                    required(item, "PodName"),
                    required(item, "PodNamespace"),
                    required(item, "PodUID"),
                    required(item, "Node"));
        }

        private static String required(JsonItem item, String member) throws BadArgsException {
            var text = item.text(named(item, member));
            if (text.isEmpty()) {
                throw new BadArgsException(member + " is empty, expected a text");
            }
            return text;
        }
    }

    static ExtenderArgs read(byte[] body) throws BadArgsException {
        var item = parsed(body);
        var pod = item.item(named(item, "Pod"));
        if (pod.text("metadata", "uid").isEmpty()) {
            throw new BadArgsException("Pod.metadata.uid is empty, expected a pod of the API");
        }
        var names = named(item, "NodeNames");
        var nodes = named(item, "Nodes");
        if (item.has(names)) {
            return new ExtenderArgs(
                    capitalised(item), PodState.of(pod), item.texts(names), Optional.empty());
        }
        if (!item.has(nodes)) {
            throw new BadArgsException("NodeNames and Nodes are missing, expected one of them");
        }
        var items = item.items(nodes, "items");
        return new ExtenderArgs(
                capitalised(item),
                PodState.of(pod),
                items.stream().map(node -> node.text("metadata", "name")).toList(),
                Optional.of(items));
    }

    private static JsonItem parsed(byte[] body) throws BadArgsException {
        try {
            return JsonItem.parse(body);
        } catch (IOException e) {
            throw new BadArgsException(
                    "the body is no JSON object, expected the arguments of extender/v1: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static boolean capitalised(JsonItem item) {
        return item.members().keySet().stream()
                .allMatch(name -> name.isEmpty() || Character.isUpperCase(name.charAt(0)));
    }

    /** A member's name as it is written here, whatever its letters; Go reads it so too. */
    private static String named(JsonItem item, String member) {
        return item.members().entrySet().stream()
                .map(Map.Entry::getKey)
                .filter(member::equalsIgnoreCase)
                .findFirst()
                .orElse(member);
    }
}
