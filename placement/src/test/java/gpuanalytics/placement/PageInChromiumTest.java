package gpuanalytics.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuanalytics.embedded.testing.Chromium;
import gpuanalytics.embedded.testing.Lane;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page in a real browser. */
class PageInChromiumTest {

    @Test
    void ordersARehearsalAndShowsWhatCameOfIt() throws Exception {
        var program = Chromium.program();
        if (program.isEmpty()) {
            Lane.sayAbsent("placement page", "Chromium is not installed");
        }
        assumeTrue(program.isPresent());
        try (var server = new PlacementServer(Map.of());
                var browser = Chromium.start(program.get())) {
            browser.open(server.url("/"));
            browser.evaluate("document.querySelector('[name=seeds]').value = '2'");
            browser.evaluate("document.querySelector('#order button').click()");
            browser.until("document.querySelector('#result img')?.naturalWidth > 0");

            assertEquals(
                    8,
                    browser.evaluate(
                                    "document.querySelectorAll('#result"
                                            + " table')[0].tBodies[0].rows.length")
                            .asInt());
            assertTrue(
                    browser.evaluate("document.querySelectorAll('#result .used').length").asInt()
                            > 100);
            assertTrue(browser.text().contains("fgd-best-fit"));

            browser.evaluate("document.querySelector('[name=pod]').value = 'none'");
            browser.evaluate("document.querySelector('#explain button').click()");
            browser.until("document.getElementById('unexplained').textContent !== ''");
            var other =
                    browser.requests.stream()
                            .filter(url -> !url.startsWith(server.url("/")))
                            .filter(url -> !url.startsWith("about:"))
                            .toList();
            assertEquals(List.of(), other);
            assertEquals(
                    List.of(),
                    browser.complaints.stream().filter(line -> !line.contains("404")).toList());
        }
    }
}
