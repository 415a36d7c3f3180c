package gpuanalytics;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.Map;

/** Who may know whom, as docs/architecture.md says. */
@AnalyzeClasses(packages = "gpuanalytics", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

    @ArchTest
    static final ArchRule eventsKnowOnlyTheJdkAndJson =
            classes()
                    .that()
                    .resideInAPackage("gpuanalytics.event..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "gpuanalytics.event..",
                            "java..",
                            "com.fasterxml.jackson..",
                            "org.jspecify..");

    @ArchTest
    static final ArchRule serviceKnowsItsLibrariesAndNeitherEventsNorPrograms =
            classes()
                    .that()
                    .resideInAPackage("gpuanalytics.service..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "gpuanalytics.service..",
                            "java..",
                            "javax.net.ssl..",
                            "io.vertx..",
                            // the server beneath Vert.x, whose words for a status are used
                            "io.netty.handler.codec..",
                            "io.micrometer..",
                            "com.fasterxml.jackson.core..",
                            "org.slf4j..",
                            "org.jspecify..");

    @ArchTest
    static final ArchRule embeddedKnowsNothingOfOurs =
            noClasses()
                    .that()
                    .resideInAPackage("gpuanalytics.embedded..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "gpuanalytics.event..",
                            "gpuanalytics.service..",
                            "gpuanalytics.producer..",
                            "gpuanalytics.processor..",
                            "gpuanalytics.local..");

    @ArchTest
    static final ArchRule nobodyShipsTheEmbeddedPartsButLocal =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "gpuanalytics.producer..",
                            "gpuanalytics.processor..",
                            "gpuanalytics.placement..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("gpuanalytics.embedded..");

    @ArchTest
    static final ArchRule nobodyKnowsTheBench =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("gpuanalytics.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("gpuanalytics.bench..");

    @ArchTest
    static final ArchRule producersDoNotKnowTheProcessor =
            noClasses()
                    .that()
                    .resideInAPackage("gpuanalytics.producer..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("gpuanalytics.processor..", "gpuanalytics.local..");

    @ArchTest
    static final ArchRule theProcessorDoesNotKnowProducers =
            noClasses()
                    .that()
                    .resideInAPackage("gpuanalytics.processor..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("gpuanalytics.producer..", "gpuanalytics.local..");

    @ArchTest
    static final ArchRule placementKnowsOnlyServiceAmongOurs =
            noClasses()
                    .that()
                    .resideInAPackage("gpuanalytics.placement..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "gpuanalytics.event..",
                            "gpuanalytics.producer..",
                            "gpuanalytics.processor..",
                            "gpuanalytics.local..");

    @ArchTest
    static final ArchRule nobodyShippedKnowsPlacement =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("gpuanalytics.placement..", "gpuanalytics.bench..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("gpuanalytics.placement..");

    @ArchTest
    static final ArchRule kafkaIsKnownWhereRecordsComeInAndGoOut =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "gpuanalytics.producer.publish..",
                            // shares the fleet by membership in a consumer group
                            "gpuanalytics.producer.source.synthetic.shard..",
                            "gpuanalytics.processor.consume..",
                            "gpuanalytics.placement.podevents..",
                            "gpuanalytics.embedded..",
                            "gpuanalytics.local..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule theDriverIsKnownWhereTheStoreIs =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "gpuanalytics.processor.store..",
                            "gpuanalytics.processor.write..",
                            "gpuanalytics.processor.rollup..",
                            "gpuanalytics.processor.conflict..",
                            "gpuanalytics.processor.series..",
                            "gpuanalytics.processor.meter..",
                            "gpuanalytics.processor.change..",
                            "gpuanalytics.processor.conflict..",
                            "gpuanalytics.processor.audit..",
                            "gpuanalytics.processor.conflict..",
                            "gpuanalytics.processor.gpuname..",
                            "gpuanalytics.processor.kept..",
                            "gpuanalytics.processor.budget..",
                            "gpuanalytics.processor.query..",
                            "gpuanalytics.processor.day..",
                            "gpuanalytics.processor.ledger..",
                            // its test fixtures, which no program ships
                            "gpuanalytics.embedded.testing..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("com.mongodb..");

    @ArchTest
    static final ArchRule vertxIsKnownWhereHttpIs =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("gpuanalytics.service.http..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.vertx..");

    @ArchTest
    static final ArchRule protobufIsKnownWhereOpenTelemetryIsRead =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "gpuanalytics.producer.receive.otlp..",
                            "gpuanalytics.producer.receive.prometheus..",
                            "gpuanalytics.producer.receive.http..",
                            "gpuanalytics.producer.receive.grpc..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "com.google.protobuf..",
                            "com.google.rpc..",
                            "io.opentelemetry.proto..");

    @ArchTest
    static final ArchRule grpcIsKnownAtItsDoor =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("gpuanalytics.producer.receive.grpc..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.grpc..");

    @ArchTest
    static final ArchRule nativeCodeIsCalledWhereTheDriverIsRead =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("gpuanalytics.producer.source.nvml")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("java.lang.foreign..");

    @ArchTest
    static final ArchRule theApiAsksQueriesAndNotTheStore =
            noClasses()
                    .that()
                    .resideInAPackage("gpuanalytics.processor.api..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "gpuanalytics.processor.write..",
                            "gpuanalytics.processor.consume..",
                            "org.bson..");

    /** A metric that nobody counts stands at 0, and looks as if all were well. */
    @ArchTest
    static final ArchRule whatCanBeCountedIsCounted =
            methods()
                    .that()
                    .areDeclaredIn(ProcessorMetrics.class)
                    .and()
                    .arePublic()
                    .and()
                    .haveRawReturnType(void.class)
                    .should(beUsedElsewhere());

    private static ArchCondition<JavaMethod> beUsedElsewhere() {
        return ArchCondition.from(
                DescribedPredicate.describe(
                        "used by another class",
                        method ->
                                method.getAccessesToSelf().stream()
                                        .anyMatch(
                                                use ->
                                                        !use.getOriginOwner()
                                                                .equals(method.getOwner()))));
    }

    @ArchTest
    static void stepsOfTheProcessorHaveNoCycles(JavaClasses classes) {
        assertEquals(Map.of(), PackageCycles.below("gpuanalytics.processor", classes));
    }

    @ArchTest
    static void partsOfServiceHaveNoCycles(JavaClasses classes) {
        assertEquals(Map.of(), PackageCycles.below("gpuanalytics.service", classes));
    }

    @ArchTest
    static void partsOfTheProducersHaveNoCycles(JavaClasses classes) {
        assertEquals(Map.of(), PackageCycles.below("gpuanalytics.producer", classes));
    }

    @ArchTest
    static void stepsOfPlacementHaveNoCycles(JavaClasses classes) {
        assertEquals(Map.of(), PackageCycles.below("gpuanalytics.placement", classes));
    }
}
