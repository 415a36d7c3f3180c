package gpuanalytics.placement.extender;

import static gpuanalytics.placement.extender.Given.node;
import static gpuanalytics.placement.extender.Given.on;
import static gpuanalytics.placement.extender.Given.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.placement.extender.ExtenderConfig.Weights;
import gpuanalytics.placement.extender.Forecasts.Forecast;
import gpuanalytics.placement.extender.Forecasts.Place;
import gpuanalytics.placement.extender.NodeHistory.Stability;
import gpuanalytics.placement.watch.NodeState;
import gpuanalytics.placement.watch.PodRequest;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExtenderTest {

    private static final List<String> ONE = List.of("a");
    private static final List<String> BOTH = List.of("a", "b");

    private final List<String> bound = new ArrayList<>();
    private final Binder binder =
            (namespace, name, uid, node, gpus) -> {
                bound.add("%s/%s on %s: %s".formatted(namespace, name, node, gpus));
                return "";
            };

    @Test
    void sharedPodsFillOneGpuBeforeTheNext() throws InterruptedException {
        var given = new Given(binder, node("a", 2), node("b", 2));

        for (var name : List.of("p", "q", "r")) {
            given.scheduled(pod(name, 500), BOTH);
        }

        // two fit on a GPU, and the third begins another
        assertEquals(
                List.of("ml/p on a: 1", "ml/q on a: 1", "ml/r on a: 2"), bound, bound::toString);
    }

    @Test
    void whatWasPromisedIsNotGivenToTheNextPod() {
        var given = new Given(binder, node("a", 1));

        assertEquals(1, given.extender.filter(pod("p", 600), ONE).fitting());
        var second = given.extender.filter(pod("q", 600), ONE);

        assertEquals(0, second.fitting());
        assertEquals("fewer than 1 GPUs have 600 milli free", second.refusal(0));
    }

    @Test
    void aPodThatIsAskedAgainDoesNotStandInItsOwnWay() {
        var given = new Given(binder, node("a", 1));
        var pod = pod("p", 600);

        for (int time = 0; time < 5; time++) {
            assertEquals(1, given.extender.filter(pod, ONE).fitting());
        }
        assertEquals(600, given.extender.allocatedMilli());
    }

    @Test
    void aPromiseEndsAndABoundPodDoesNot() throws InterruptedException {
        var given = new Given(binder, node("a", 1));
        given.scheduled(pod("bound", 300), ONE);
        given.extender.filter(pod("promised", 300), ONE);
        assertEquals(600, given.extender.allocatedMilli());

        given.nanos.addAndGet(Given.RESERVATION.toNanos() + 1);
        given.extender.filter(pod("other", 1000), ONE);

        assertEquals(300, given.extender.allocatedMilli());
    }

    @Test
    void aBoundPodStaysUntilAListThatBeganLaterHasItNot() throws InterruptedException {
        var given = new Given(binder, node("a", 1));
        given.nanos.set(100);
        given.scheduled(pod("p", 300), ONE);

        given.extender.podListener().listed(List.of(), 50);
        assertEquals(300, given.extender.allocatedMilli());
        given.extender.podListener().listed(List.of(), 200);
        assertEquals(0, given.extender.allocatedMilli());
    }

    @Test
    void theWatchTakesOverWithTheGpusThatWereGiven() throws InterruptedException {
        var given = new Given(binder, node("a", 2));
        var pod = pod("p", 300);
        given.scheduled(pod, ONE);

        given.extender.podListener().changed(pod); // sent before it was bound
        given.extender.podListener().changed(on(pod, "a", 1));
        assertEquals(300, given.extender.allocatedMilli());
        given.extender.podListener().removed(on(pod, "a", 1));
        assertEquals(0, given.extender.allocatedMilli());
    }

    @Test
    void podsThatWereThereBeforeAreCounted() {
        var given = new Given(binder, node("a", 1), node("b", 1));
        given.extender.podListener().listed(List.of(on(pod("old", 700), "a", 1)), 0);

        var evaluation = given.extender.filter(pod("p", 400), BOTH);

        assertEquals("fewer than 1 GPUs have 400 milli free", evaluation.refusal(0));
        assertNull(evaluation.refusal(1));
    }

    @Test
    void whatTheApiRefusesIsFreeAgain() throws InterruptedException {
        var given = new Given((_, _, _, _, _) -> "the API answers 409: gone", node("a", 1));

        assertEquals("the API answers 409: gone", given.scheduled(pod("p", 300), ONE));

        assertEquals(0, given.extender.allocatedMilli());
    }

    @Test
    void whatMayBeBoundIsKeptForAWhile() throws InterruptedException {
        var given =
                new Given(
                        (_, _, _, _, _) -> {
                            throw new IOException("no answer");
                        },
                        node("a", 1));

        assertEquals(
                "the API did not say whether it is bound: no answer",
                given.scheduled(pod("p", 300), ONE));
        assertEquals(300, given.extender.allocatedMilli());

        given.nanos.addAndGet(Given.RESERVATION.toNanos() + 1);
        given.extender.filter(pod("q", 1000), ONE);
        assertEquals(1000, given.extender.allocatedMilli());
    }

    @Test
    void whoeverAsksAgainKeepsWhatMayBeBound() throws InterruptedException {
        var answers = new ArrayDeque<>(List.of("no answer", "the API answers 409: is assigned"));
        var given =
                new Given(
                        (_, _, _, _, _) -> {
                            var answer = answers.remove();
                            if (answer.startsWith("no")) {
                                throw new IOException(answer);
                            }
                            return answer;
                        },
                        node("a", 1),
                        node("b", 1));
        var pod = pod("p", 600);
        given.scheduled(pod, ONE);

        var again = given.extender.filter(pod, BOTH);
        assertEquals(0, again.fitting());
        assertEquals("the pod may be on node a already", again.decided());
        assertEquals("nowhere", given.scheduled(pod, BOTH));
        // it is bound again, and the API says that it is there
        given.extender.bind("ml", "p", pod.uid(), "a");
        assertEquals(600, given.extender.allocatedMilli());
        assertEquals(0, given.extender.filter(pod("q", 600), ONE).fitting());
        // the watch has shown it: nothing that the scheduler asks frees it
        given.extender.podListener().changed(on(pod, "a", 1));
        assertEquals(0, given.extender.prioritize(pod, BOTH).fitting());
        assertEquals(600, given.extender.allocatedMilli());
    }

    @Test
    void anExplanationHasWhatFilterRefusedThoughPrioritizeWasNotAskedOfIt()
            throws InterruptedException {
        var given = new Given(binder, node("a", 1), node("b", 1), node("c", 0));
        var pod = pod("p", 300);
        var fitting = given.extender.filter(pod, List.of("a", "b", "c", "d"));
        assertEquals(2, fitting.fitting());

        given.extender.prioritize(pod, BOTH);

        var explanation = given.extender.explain("ml/p").orElseThrow();
        assertEquals(4, explanation.asked());
        assertEquals(2, explanation.refused().values().stream().mapToInt(n -> n).sum());
    }

    @Test
    void aNodeTheSchedulerChoseOtherwiseIsLookedAtAgain() throws InterruptedException {
        var given = new Given(binder, node("a", 1), node("b", 1));
        var pod = pod("p", 600);
        given.extender.prioritize(pod, BOTH);

        assertEquals("", given.extender.bind("ml", "p", pod.uid(), "b"));
        assertEquals(List.of("ml/p on b: 1"), bound);
        assertEquals(600, given.extender.allocatedMilli());

        var late = pod("q", 600);
        given.extender.prioritize(late, BOTH);
        assertEquals(
                "node b has no room for it any more",
                given.extender.bind("ml", "q", late.uid(), "b"));
    }

    @Test
    void memoryIsWeighedByTheNodesGpu() {
        var small = new NodeState("small", 96_000, 400_000, 1, "T4", 16_000);
        var large = new NodeState("large", 96_000, 400_000, 1, "A100", 80_000);
        var given = new Given(binder, small, large, new NodeState("x", 96_000, 400_000, 1, "", 0));
        var names = List.of("small", "large", "x");

        var evaluation =
                given.extender.filter(pod("p", new PodRequest(0, 0, 1, 100, 20_000, "")), names);

        var unknown = "no GPU of the node is known to have 20000 MiB (label nvidia.com/gpu.memory)";
        assertEquals(unknown, evaluation.refusal(0));
        assertNull(evaluation.refusal(1));
        assertEquals(unknown, evaluation.refusal(2));
    }

    @Test
    void whatTheNodeLacksIsNamed() {
        var given = new Given(binder, new NodeState("a", 2000, 4000, 1, "T4", 0));
        var cpu = "too little CPU or memory is free";

        for (var request :
                List.of(
                        new PodRequest(3000, 1000, 1, 100, 0, ""),
                        new PodRequest(1000, 5000, 1, 100, 0, ""))) {
            assertEquals(cpu, given.extender.filter(pod("p", request), ONE).refusal(0));
        }
        assertEquals(
                "fewer than 2 GPUs have 1000 milli free",
                given.extender
                        .filter(pod("p", new PodRequest(0, 0, 2, 1000, 0, "")), ONE)
                        .refusal(0));
    }

    @Test
    void aPodWithoutAGpuGoesWhereItIsInNoGpusWay() {
        var given = new Given(binder, node("a", 1), node("b", 0), node("c", 0));
        var pod = pod("p", new PodRequest(1000, 1000, 0, 0, 0, ""));

        var evaluation = given.extender.prioritize(pod, List.of("a", "b", "c"));
        assertEquals(
                List.of(false, true, true),
                List.of(evaluation.isBest(0), evaluation.isBest(1), evaluation.isBest(2)));

        var withGpus = given.extender.prioritize(pod, ONE);
        assertTrue(withGpus.isBest(0));
    }

    @Test
    void modelsAreAFilter() {
        var given = new Given(binder, node("a", 1));

        var evaluation =
                given.extender.filter(pod("p", new PodRequest(0, 0, 1, 100, 0, "A10|V100")), ONE);

        assertEquals("the node's GPU model is none of A10|V100", evaluation.refusal(0));
    }

    @Test
    void predictedMemoryWidensASlot() throws InterruptedException {
        Forecasts forecasts = _ -> Optional.of(forecast(12_000, 0));
        var given =
                new Given(forecasts, NodeHistory.NONE, Weights.AS_REHEARSED, binder, node("a", 1));

        given.scheduled(pod("p", 100), ONE);

        assertEquals(750, given.extender.allocatedMilli());
    }

    @Test
    void aNodeOnWhichManyFailGetsNone() {
        NodeHistory history = name -> new Stability(name.equals("a") ? 3 : 2, 3);
        var given =
                new Given(
                        Forecasts.NONE,
                        history,
                        Weights.AS_REHEARSED,
                        binder,
                        node("a", 1),
                        node("b", 1));

        var evaluation = given.extender.filter(pod("p", 100), BOTH);

        assertEquals(
                "3 or more workloads have failed on the node within an hour",
                evaluation.refusal(0));
        assertNull(evaluation.refusal(1));
    }

    @Test
    void stabilityAndPowerAreTermsOfTheScore() {
        var weights = new Weights(1, 0.05, 0.05, 0.1, 2, 3);
        NodeHistory history = name -> new Stability(0, name.equals("a") ? 1 : 0);
        var given =
                new Given(
                        _ -> Optional.of(forecast(0, 3.6e6)),
                        history,
                        weights,
                        binder,
                        node("a", 1),
                        node("b", 1));

        var evaluation = given.extender.prioritize(pod("p", 100), BOTH);

        assertEquals("b", evaluation.bestName());
        var explanation = given.extender.explain("ml/p").orElseThrow();
        assertEquals("b", explanation.best().getFirst().getKey());
        var best = explanation.best().getFirst().getValue();
        var other = explanation.best().getLast().getValue();
        assertEquals(2, best.total() - other.total(), 1e-9);
        assertEquals(
                100 * best.parts().shrunkGpus()
                        + 0.05 * (best.parts().cpuFit() + best.parts().gpuFit())
                        + 0.1 * best.memoryFit()
                        - 3 * 1,
                best.total(),
                1e-9);
    }

    @Test
    void anExplanationSaysWhatWasRefused() throws InterruptedException {
        var given = new Given(binder, node("a", 1), node("b", 0));

        given.scheduled(pod("p", 300), List.of("a", "b", "c"));

        var explanation = given.extender.explain("ml/p").orElseThrow();
        assertEquals("bound", explanation.outcome());
        assertEquals("a", explanation.node());
        assertEquals(
                Map.of(
                        "fewer than 1 GPUs have 300 milli free", 1,
                        "the node is not known to the placement program", 1),
                explanation.refused());
        assertTrue(given.extender.explain("ml/other").isEmpty());
    }

    private static Forecast forecast(int peakMib, double joules) {
        return new Forecast() {
            @Override
            public String model() {
                return "test";
            }

            @Override
            public OptionalInt peakGpuMemoryMib(Place place) {
                return OptionalInt.of(peakMib);
            }

            @Override
            public OptionalDouble joulesPerHour(Place place) {
                return OptionalDouble.of(joules);
            }
        };
    }
}
