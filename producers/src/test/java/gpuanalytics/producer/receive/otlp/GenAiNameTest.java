package gpuanalytics.producer.receive.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.producer.receive.otlp.GenAiName.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GenAiNameTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9._]+)` \\| `([a-z_]+)` \\|");

    @Test
    void eachNameMeansOneFieldAndTheContractAgrees() {
        var seen = new HashSet<String>();
        for (var name : GenAiName.ALL) {
            assertTrue(seen.add(name.attribute()), name.attribute() + " is there twice");
            var inContract = EventTopic.TOKEN_USAGE.fields().find(name.attribute());
            if (inContract != null) {
                assertEquals(inContract.field(), name.field(), name.attribute());
                var alias = inContract.alias();
                assertEquals(alias == null ? 1 : alias.scale(), name.scale(), name.attribute());
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
        var inPage = new TreeSet<String>();
        ROW.matcher(page).results().forEach(row -> inPage.add(row.group(1) + " " + row.group(2)));

        var inCode = new TreeSet<String>();
        GenAiName.ALL.forEach(name -> inCode.add(name.attribute() + " " + name.field().name()));

        assertEquals(inCode, inPage);
    }
}
