package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What FOCUS 1.2 says of a file, checked against one with every kind of charge. */
class FocusExportTest {

    private static final CSVFormat WITH_HEADER =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}Z");
    private static final Pattern DECIMAL = Pattern.compile("-?\\d+([.]\\d+)?");
    private static final Pattern COLUMN_ID = Pattern.compile("[A-Z][A-Za-z0-9]{0,49}");
    private static final Pattern UNIT =
            Pattern.compile("(1|10+) ?[A-Z][A-Za-z]*s|[A-Z][A-Za-z]*(-[A-Z][a-z]*s)?");

    private static final Map<String, Set<String>> ALLOWED =
            Map.of(
                    "ChargeCategory", Set.of("Usage", "Purchase", "Tax", "Credit", "Adjustment"),
                    "ChargeClass", Set.of("", "Correction"),
                    "ChargeFrequency", Set.of("One-Time", "Recurring", "Usage-Based"),
                    "PricingCategory", Set.of("Standard", "Dynamic", "Committed", "Other"));

    /** Of the services that there are, the category that FOCUS has them in. */
    private static final Map<String, Set<String>> SUBCATEGORIES =
            Map.of(
                    "AI and Machine Learning",
                    Set.of(
                            "Bots",
                            "Generative AI",
                            "Machine Learning",
                            "Natural Language Processing",
                            "Other (AI and Machine Learning)"),
                    "Compute",
                    Set.of(
                            "Containers",
                            "End User Computing",
                            "Quantum",
                            "Serverless Compute",
                            "Virtual Machines",
                            "Other (Compute)"));

    private record Specified(String type, boolean isMandatory, boolean isNullable) {}

    private static final Map<String, Specified> COLUMNS = columns();

    private static Map<String, Specified> columns() {
        var columns = new HashMap<String, Specified>();
        for (var column : records(text("gpuanalytics/processor/api/focus-1.2-columns.csv"))) {
            columns.put(
                    column.get("column"),
                    new Specified(
                            column.get("type"),
                            column.get("level").equals("Mandatory"),
                            column.get("nulls").equals("yes")));
        }
        return columns;
    }

    private static String text(String resource) {
        return new String(Resource.read(resource), UTF_8);
    }

    private static List<CSVRecord> records(String csv) {
        try (var parser = CSVParser.parse(csv, WITH_HEADER)) {
            return new ArrayList<>(parser.getRecords());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<CSVRecord> exported() {
        try (var running = new RunningApi()) {
            return records(running.get("/exports/focus.csv").body());
        }
    }

    @Test
    void hasEveryMandatoryColumnAndNoneOfItsOwnWithoutThePrefix() {
        assertEquals(57, COLUMNS.size());
        var names = exported().getFirst().toMap().keySet();

        var missing =
                COLUMNS.entrySet().stream()
                        .filter(column -> column.getValue().isMandatory())
                        .map(Map.Entry::getKey)
                        .filter(column -> !names.contains(column))
                        .toList();
        var unknown =
                names.stream()
                        .filter(name -> !COLUMNS.containsKey(name) && !name.startsWith("x_"))
                        .toList();

        assertEquals(List.of(), missing);
        assertEquals(List.of(), unknown);
        names.forEach(name -> assertTrue(COLUMN_ID.matcher(own(name)).matches(), name));
    }

    private static String own(String name) {
        return name.startsWith("x_") ? name.substring(2) : name;
    }

    @Test
    void everyValueIsOfItsColumnsTypeAndAmongItsAllowedValues() {
        var rows = exported();
        assertEquals(11, rows.size());
        for (var row : rows) {
            for (var cell : row.toMap().entrySet()) {
                var column = COLUMNS.get(cell.getKey());
                if (column != null) {
                    check(cell.getKey(), column, cell.getValue());
                }
            }
            var subcategories = SUBCATEGORIES.get(row.get("ServiceCategory"));
            assertNotNull(subcategories, row::toString);
            assertTrue(subcategories.contains(row.get("ServiceSubcategory")), row::toString);
        }
    }

    private static void check(String name, Specified column, String value) {
        var message = "%s is %s".formatted(name, value);
        if (value.isEmpty()) {
            assertTrue(column.isNullable(), message);
            return;
        }
        switch (column.type()) {
            case "Decimal" -> assertTrue(DECIMAL.matcher(value).matches(), message);
            case "Time" -> {
                assertTrue(TIME.matcher(value).matches(), message);
                assertNotNull(Instant.parse(value), message);
            }
            case "Currency" -> assertNotNull(Currency.getInstance(value), message);
            case "Unit" -> assertTrue(UNIT.matcher(value).matches(), message);
            case "Object" -> checkObject(value);
            default -> assertFalse(value.isBlank(), message);
        }
        var allowed = ALLOWED.get(name);
        assertTrue(allowed == null || allowed.contains(value), message);
    }

    /** Pairs of one level; names of FOCUS begin with F_, and no others. */
    private static void checkObject(String json) {
        try {
            var object = new ObjectMapper().readTree(json);
            assertTrue(object.isObject(), json);
            for (var pair : object.properties()) {
                assertTrue(pair.getValue().isValueNode(), json);
                assertTrue(
                        !pair.getKey().startsWith("F_") || pair.getKey().equals("F_GpuCount"),
                        json);
            }
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    @Test
    void valuesThatBelongTogetherGoTogether() {
        for (var row : exported()) {
            for (var pair :
                    List.of(
                            List.of("ConsumedQuantity", "ConsumedUnit"),
                            List.of("PricingQuantity", "PricingUnit"),
                            List.of("ResourceId", "ResourceName"),
                            List.of("ResourceId", "ResourceType"),
                            List.of("SkuId", "SkuPriceId"),
                            List.of("SubAccountId", "SubAccountName"))) {
                assertEquals(
                        row.get(pair.getFirst()).isEmpty(),
                        row.get(pair.getLast()).isEmpty(),
                        row::toString);
            }
            assertTrue(number(row, "ConsumedQuantity").signum() > 0, row::toString);
            assertTrue(
                    time(row, "ChargePeriodStart").isBefore(time(row, "ChargePeriodEnd")),
                    row::toString);
            assertFalse(
                    time(row, "ChargePeriodStart").isBefore(time(row, "BillingPeriodStart")),
                    row::toString);
            assertFalse(
                    time(row, "ChargePeriodEnd").isAfter(time(row, "BillingPeriodEnd")),
                    row::toString);
        }
    }

    @Test
    void aPriceTimesAQuantityIsItsCost() {
        for (var row : exported()) {
            for (var kind : List.of("List", "Contracted")) {
                var cost = number(row, kind + "Cost");
                var product =
                        number(row, kind + "UnitPrice").multiply(number(row, "PricingQuantity"));
                var off = cost.subtract(product).abs();
                assertTrue(off.compareTo(new BigDecimal("0.000000000001")) < 0, row::toString);
            }
            assertEquals(number(row, "BilledCost"), number(row, "EffectiveCost"));
        }
    }

    @Test
    void inputAndOutputAreSkusOfTheirOwnForTimeAndForTokens() {
        var units =
                exported().stream()
                        .collect(
                                Collectors.toMap(
                                        row -> row.get("SkuId"), row -> row.get("PricingUnit")));

        assertEquals(
                Map.ofEntries(
                        Map.entry("gpu/=x/input", "GPU-Hours"),
                        Map.entry("gpu/=x/output", "GPU-Hours"),
                        Map.entry("gpu/unknown/idle", "GPU-Hours"),
                        Map.entry("gpu/=x/unknown", "GPU-Hours"),
                        Map.entry("own/=x/input", "1000000 Tokens"),
                        Map.entry("own/=x/output", "1000000 Tokens"),
                        Map.entry("api/=x/input", "1000000 Tokens"),
                        Map.entry("api/=x/cached-input", "1000000 Tokens"),
                        Map.entry("api/=x/cache-write", "1000000 Tokens"),
                        Map.entry("api/=x/output", "1000000 Tokens"),
                        Map.entry("api/=x/reasoning", "1000000 Tokens")),
                units);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/exports/focus.csv", "/exports/ledger.csv"})
    void noCellBeginsAsAFormulaDoes(String path) throws Exception {
        try (var running = new RunningApi();
                var csv = CSVParser.parse(running.get(path).body(), CSVFormat.RFC4180)) {
            int quoted = 0;
            for (var row : csv) {
                for (var cell : row) {
                    assertFalse(cell.matches("(?s)[=+\\-@\\t\\r].*"), cell);
                    quoted += cell.equals("'=x") ? 1 : 0;
                }
            }
            assertTrue(quoted > 0, "there was one to be quoted");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/exports/focus.csv?step=2h",
                "/exports/focus.csv?tz=Europe/Berlin",
                "/exports/ledger.csv?step=1w",
                "/exports/ledger.csv?group_by=team",
                "/exports/ledger.csv?format=json"
            })
    void whatAnExportDoesNotTakeIsRefused(String target) {
        try (var running = new RunningApi()) {
            assertEquals(400, running.get(target).statusCode());
        }
    }

    private static BigDecimal number(CSVRecord row, String column) {
        return new BigDecimal(row.get(column));
    }

    private static Instant time(CSVRecord row, String column) {
        return Instant.parse(row.get(column));
    }
}
