package gpuanalytics.producer.receive.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.receive.otlp.GenAiName.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GenAiNameTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9._]+)` \\| `([a-z_]+)` \\| ([^|]+) \\|$");

    private static final Pattern ATTRIBUTE =
            Pattern.compile("^(?:gen_ai|llm|openinference|server)\\.");

    @Test
    void eachNameMeansOneFieldAndTheContractHasIt() {
        var seen = new HashSet<String>();
        for (var name : GenAiName.ALL) {
            assertTrue(seen.add(name.attribute()), name.attribute() + " is there twice");
            var inContract = EventTopic.TOKEN_USAGE.fields().find(name.attribute());
            assertNotNull(inContract, name.attribute());
            assertEquals(inContract.field(), name.field(), name.attribute());
            var alias = inContract.alias();
            assertEquals(alias == null ? 1 : alias.scale(), name.scale(), name.attribute());
        }
    }

    /** What an event may call so in JSON, a span or a log record may too. */
    @Test
    void everyNameOfTheContractThatIsAnAttributeIsKnown() {
        var known = GenAiName.ALL.stream().map(GenAiName::attribute).toList();
        for (var field : EventTopic.TOKEN_USAGE.fields().fields()) {
            for (var alias : field.aliases()) {
                assertTrue(
                        known.contains(alias.name()) || !ATTRIBUTE.matcher(alias.name()).find(),
                        alias.name());
            }
        }
    }

    @Test
    void everyVocabularyHasNames() {
        assertEquals(
                Set.copyOf(Arrays.asList(Vocabulary.values())),
                GenAiName.ALL.stream().map(GenAiName::vocabulary).collect(Collectors.toSet()));
    }

    @Test
    void thePageOfTheDoorsHasTheSameTable() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "doors.md"));
        var inPage =
                ROW.matcher(page)
                        .results()
                        .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                        .toList();

        // in its order too: of several names of one field the upper one counts
        assertEquals(
                GenAiName.ALL.stream()
                        .map(
                                name ->
                                        "%s %s %s"
                                                .formatted(
                                                        name.attribute(),
                                                        name.field().name(),
                                                        inWords(name.vocabulary())))
                        .toList(),
                inPage);
    }

    static String inWords(Vocabulary vocabulary) {
        return switch (vocabulary) {
            case OURS -> "our contract";
            case GENAI -> "semantic-conventions-genai";
            case V1_37 -> "semantic-conventions 1.37–1.41";
            case V1_27 -> "semantic-conventions 1.27–1.36";
            case V1_26 -> "semantic-conventions to 1.26";
            case VLLM -> "vLLM";
            case OPENLLMETRY -> "OpenLLMetry";
            case OPENINFERENCE -> "OpenInference";
            case GENERAL -> "OpenTelemetry, stable";
        };
    }
}
