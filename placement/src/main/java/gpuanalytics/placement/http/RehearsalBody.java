package gpuanalytics.placement.http;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.input.ClusterHistory;
import gpuanalytics.placement.input.RehearsalInput;
import gpuanalytics.placement.input.WhatIf;
import gpuanalytics.placement.price.GpuPrices;
import gpuanalytics.placement.queue.RehearsalLimits;
import gpuanalytics.placement.queue.RehearsalOrder;
import gpuanalytics.placement.rehearse.PlanRequest;
import gpuanalytics.placement.rehearse.RehearsalPlan;
import gpuanalytics.placement.rehearse.Scenario;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceReader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The body of {@code POST /placement/rehearsals} to an order. */
final class RehearsalBody {

    private static final List<String> MEMBERS =
            List.of(
                    "source",
                    "nodes_csv",
                    "pods_csv",
                    "what_if",
                    "policies",
                    "present",
                    "seeds",
                    "first_seed",
                    "ties",
                    "nodes_seen",
                    "typical_pods_pct",
                    "price_per_hour_usd");

    private static final List<String> CHANGES =
            List.of("replace_gpus", "remove_nodes", "add_nodes");

    private static final double MAX_PRICE = 10_000;

    private final BodyFields body;
    private final RehearsalLimits limits;
    private final TraceReader reader;
    private final Optional<ClusterHistory> cluster;

    /**
     * @param cluster knows the nodes and pods of the cluster; empty where nobody does
     */
    RehearsalBody(JsonNode body, RehearsalLimits limits, Optional<ClusterHistory> cluster)
            throws BadInputException {
        this.body = BodyFields.of(body, "", MEMBERS);
        this.limits = limits;
        this.cluster = cluster;
        reader = new TraceReader(limits.maxNodes(), limits.maxPods());
    }

    /**
     * The order.
     *
     * @param prices what GPUs cost where the body does not say
     */
    RehearsalOrder order(PriceSource prices) throws BadInputException, InterruptedException {
        var request = planRequest();
        var plan = request.plan("present", "policies");
        var input = whatIf().of(input());
        limit("nodes", input.nodes().size(), limits.maxNodes());
        limit("pods", input.pods().size(), limits.maxPods());
        var workload =
                Scenario.of(
                        input.nodes(),
                        input.pods(),
                        request.typicalPercent(),
                        RehearsalPlan.DEFAULT_TARGET_PERCENT);
        var price = price();
        if (price.isPresent()) {
            return new RehearsalOrder(input, workload, plan, price.get());
        }
        var found = prices.find();
        var missing = Stream.concat(input.missing().stream(), found.missing().stream()).toList();
        return new RehearsalOrder(input.missing(missing), workload, plan, found.prices());
    }

    private static void limit(String what, int number, int most) throws BadInputException {
        if (number > most) {
            throw new BadInputException(
                    "%s are %d, expected at most %d".formatted(what, number, most));
        }
    }

    private PlanRequest planRequest() throws BadInputException {
        var plan = new PlanRequest(limits.maxSeeds());
        if (body.has("policies")) {
            plan.policies("policies", body.texts("policies"));
        }
        take("present", body.text("present"), plan::present);
        take("seeds", body.number("seeds"), plan::seeds);
        take("first_seed", body.number("first_seed"), plan::firstSeed);
        take("ties", body.text("ties"), plan::ties);
        take("nodes_seen", body.number("nodes_seen"), plan::nodesSeen);
        take("typical_pods_pct", body.number("typical_pods_pct"), plan::typicalPercent);
        return plan;
    }

    private interface Taker {
        void take(String name, String value) throws BadInputException;
    }

    private static void take(String name, Optional<String> value, Taker taker)
            throws BadInputException {
        if (value.isPresent()) {
            taker.take(name, value.get());
        }
    }

    private RehearsalInput input() throws BadInputException, InterruptedException {
        var nodes = body.text("nodes_csv");
        var pods = body.text("pods_csv");
        var source = body.text("source").orElse(nodes.isPresent() ? "inline" : "example");
        if (source.equals("inline")
                ? nodes.isEmpty() || pods.isEmpty()
                : nodes.isPresent() || pods.isPresent()) {
            throw new BadInputException(
                    "nodes_csv is %s and pods_csv is %s, expected both for source inline and none"
                                    .formatted(said(nodes), said(pods))
                            + " for another");
        }
        return switch (source) {
            case "inline" ->
                    RehearsalInput.of(
                            source,
                            reader.nodes("nodes_csv", new StringReader(nodes.orElseThrow())),
                            reader.pods("pods_csv", new StringReader(pods.orElseThrow())));
            case "example" -> RehearsalInput.example(reader);
            case "cluster" ->
                    cluster.orElseThrow(
                                    () ->
                                            new BadInputException(
                                                    "source is cluster, expected inline or example"
                                                            + " where PROCESSOR_URL is not set"))
                            .last(ClusterHistory.DEFAULT_DAYS);
            default ->
                    throw new BadInputException(
                            "source is %s, expected inline, example or cluster".formatted(source));
        };
    }

    private static String said(Optional<String> text) {
        return text.isPresent() ? "there" : "absent";
    }

    private WhatIf whatIf() throws BadInputException {
        if (!body.has("what_if")) {
            return WhatIf.nothing();
        }
        var changes = BodyFields.of(body.object().get("what_if"), "what_if", CHANGES);
        var replaced = new ArrayList<WhatIf.Replaced>();
        for (var text : changes.texts("replace_gpus")) {
            replaced.add(WhatIf.replaced(changes.name("replace_gpus"), text));
        }
        var removed = new ArrayList<WhatIf.Removed>();
        for (var text : changes.texts("remove_nodes")) {
            removed.add(WhatIf.removed(changes.name("remove_nodes"), text));
        }
        var added = new ArrayList<WhatIf.Added>();
        for (var text : changes.texts("add_nodes")) {
            added.add(WhatIf.added(changes.name("add_nodes"), text));
        }
        return new WhatIf(replaced, removed, added);
    }

    private Optional<GpuPrices> price() throws BadInputException {
        var text = body.number("price_per_hour_usd");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        double usd = Double.parseDouble(text.get());
        if (usd >= 0 && usd <= MAX_PRICE) {
            return Optional.of(GpuPrices.all(usd));
        }
        throw new BadInputException(
                "price_per_hour_usd is %s, expected a number from 0 to %.0f"
                        .formatted(text.get(), MAX_PRICE));
    }
}
