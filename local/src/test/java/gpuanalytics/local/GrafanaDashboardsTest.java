package gpuanalytics.local;

import static gpuanalytics.local.GrafanaDashboards.dashboards;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Grafana's dashboards are as its model has them. */
class GrafanaDashboardsTest {

    private static final int COLUMNS = 24;

    /** What the panels are by, of those that Grafana brings along. */
    private static final List<String> TYPES = List.of("stat", "timeseries", "bargauge");

    @Test
    void dashboardsAreAsGrafanasModelHasThem() throws IOException {
        var uids = new HashSet<String>();
        for (var dashboard : dashboards()) {
            assertTrue(uids.add(dashboard.get("uid").asText()));
            assertTrue(dashboard.get("uid").asText().length() <= 40);
            assertTrue(dashboard.get("schemaVersion").asInt() >= 36);
            assertEquals("datasource", dashboard.at("/templating/list/0/name").asText());
            var ids = new HashSet<Integer>();
            var taken = new HashSet<List<Integer>>();
            for (var panel : dashboard.get("panels")) {
                assertTrue(ids.add(panel.get("id").asInt()));
                assertPanel(panel);
                assertPlaced(panel.get("gridPos"), taken);
            }
        }
    }

    private static void assertPanel(JsonNode panel) {
        assertTrue(TYPES.contains(panel.get("type").asText()), panel::toString);
        for (var text : List.of("title", "description")) {
            assertTrue(!panel.get(text).asText().isBlank(), panel::toString);
        }
        assertTrue(!panel.at("/fieldConfig/defaults/unit").asText().isBlank(), panel::toString);
        assertEquals("${datasource}", panel.at("/datasource/uid").asText());
        var names = new HashSet<String>();
        for (var target : panel.get("targets")) {
            assertTrue(names.add(target.get("refId").asText()), panel::toString);
            assertEquals("${datasource}", target.at("/datasource/uid").asText());
        }
    }

    /** No panel lies over another or beyond the edge. */
    private static void assertPlaced(JsonNode place, Set<List<Integer>> taken) {
        int right = place.get("x").asInt() + place.get("w").asInt();
        assertTrue(right <= COLUMNS, place::toString);
        for (int x = place.get("x").asInt(); x < right; x++) {
            for (int y = 0; y < place.get("h").asInt(); y++) {
                assertTrue(taken.add(List.of(x, place.get("y").asInt() + y)), place::toString);
            }
        }
    }
}
