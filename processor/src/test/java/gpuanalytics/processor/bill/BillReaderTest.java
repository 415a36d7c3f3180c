package gpuanalytics.processor.bill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.bill.Bill.Lines;
import gpuanalytics.processor.bill.Bill.Span;
import gpuanalytics.processor.bill.BillFormat.CostKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bills as their senders write them, with what is often wrong with them. */
class BillReaderTest {

    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");
    private static final Instant ELEVEN = Instant.parse("2026-03-02T11:00:00Z");

    private static final String CUR =
            """
            identity_line_item_id,line_item_usage_start_date,line_item_usage_end_date,line_item_currency_code,line_item_unblended_cost,product_instance_type,line_item_resource_id,line_item_line_item_type
            a,2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD,98.32,p5.48xlarge,i-1,Usage
            b,2026-03-02 10:00:00.000,2026-03-02 12:00:00.000,USD,2.0000000001,g6.xlarge,i-2,Usage
            c,2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD,-0.32,,,Credit
            d,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,USD,5,p5.48xlarge,i-1,Usage
            """;

    private static final String LEGACY =
            CUR.replace("line_item_usage_start_date", "lineItem/UsageStartDate")
                    .replace("line_item_usage_end_date", "lineItem/UsageEndDate")
                    .replace("line_item_currency_code", "lineItem/CurrencyCode")
                    .replace("line_item_unblended_cost", "lineItem/UnblendedCost")
                    .replace("product_instance_type", "product/instanceType")
                    .replace("line_item_resource_id", "lineItem/ResourceId")
                    .replace("line_item_line_item_type", "lineItem/LineItemType");

    private static final String FOCUS =
            """
            "ChargePeriodEnd","ChargePeriodStart","BilledCost","EffectiveCost","BillingCurrency","ResourceId","ChargeCategory","SkuPriceDetails"
            2026-03-02T10:00:00Z,2026-03-02T09:00:00Z,98.32,80,USD,i-1,Usage,"{""F_InstanceType"":""p5.48xlarge"",""x"":1}"
            2026-03-02T12:00:00Z,2026-03-02T10:00:00Z,2.0000000001,2,USD,i-2,Usage,"{""InstanceType"":""g6.xlarge""}"
            2026-03-02T10:00:00Z,2026-03-02T09:00:00Z,-0.32,-0.32,USD,,Credit,
            2026-03-02T00:00:00Z,2026-03-01T00:00:00Z,5,5,USD,i-1,Usage,no JSON
            """;

    private final BillReader reader = new BillReader(BillLimits.defaults());

    private static BillQuestion asked(
            CostKind cost, List<String> types, List<String> resources, List<String> lineTypes) {
        return new BillQuestion(NINE, ELEVEN, cost, types, resources, lineTypes);
    }

    private static BillQuestion everything() {
        return asked(CostKind.BILLED, List.of(), List.of(), List.of());
    }

    private Bill read(String text, BillQuestion question) throws Exception {
        return reader.read(text.getBytes(UTF_8), question);
    }

    private static String file(BillFormat format) {
        return switch (format) {
            case CUR -> CUR;
            case LEGACY_CUR -> LEGACY;
            case FOCUS -> FOCUS;
        };
    }

    @ParameterizedTest
    @CsvSource({
        "CUR, line_item_unblended_cost",
        "LEGACY_CUR, lineItem/UnblendedCost",
        "FOCUS, BilledCost"
    })
    void aLineCountsByItsShareOfTheTime(BillFormat format, String costColumn) throws Exception {
        var bill = read(file(format), everything());

        assertEquals(format, bill.format());
        assertEquals(costColumn, bill.costColumn());
        // 98.32 + half of 2.0000000001 - 0.32
        assertEquals("99.000000", bill.usd().toPlainString());
        assertEquals(new Lines(3, 1, 0, 0, 1), bill.lines());
        assertEquals(List.of(), bill.refused());
        assertEquals(
                Optional.of(
                        new Span(
                                Instant.parse("2026-03-01T00:00:00Z"),
                                Instant.parse("2026-03-02T12:00:00Z"))),
                bill.span());
    }

    @ParameterizedTest
    @CsvSource({
        "CUR, p5.48xlarge, '', '', 98.320000",
        "FOCUS, p5.48xlarge, '', '', 98.320000",
        "FOCUS, g6.xlarge, '', '', 1.000000",
        "LEGACY_CUR, '', i-2, '', 1.000000",
        "FOCUS, '', i-1, '', 98.320000",
        "CUR, '', '', Credit, -0.320000",
        "FOCUS, '', '', Usage, 99.320000",
        "CUR, nothing, '', '', 0.000000"
    })
    void onlyLinesThatAreAskedForCount(
            BillFormat format, String type, String resource, String lineType, String usd)
            throws Exception {
        var question = asked(CostKind.BILLED, some(type), some(resource), some(lineType));
        var bill = read(file(format), question);

        assertEquals(usd, bill.usd().toPlainString());
        assertTrue(bill.lines().filtered() > 0);
    }

    private static List<String> some(String value) {
        return value.isEmpty() ? List.of() : List.of(value);
    }

    @Test
    void theEffectiveCostIsAmortized() throws Exception {
        var question = asked(CostKind.EFFECTIVE, List.of(), List.of(), List.of("Usage"));

        assertEquals("81.000000", read(FOCUS, question).usd().toPlainString());
    }

    @Test
    void columnsAreFoundWhateverTheirOrderAndCase() throws Exception {
        var text = "\ufeffBILLEDCOST, chargeperiodstart ,Other\r\n12.5,2026-03-02,x\r\n";
        var day = Instant.parse("2026-03-02T00:00:00Z");
        var question =
                new BillQuestion(day, ELEVEN, CostKind.BILLED, List.of(), List.of(), List.of());

        assertEquals("12.500000", read(text, question).usd().toPlainString());
        assertEquals(new Lines(0, 1, 0, 0, 0), read(text, everything()).lines());
    }

    @Test
    void aFileMayBeGzipped() throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(CUR.getBytes(UTF_8));
        }

        assertEquals(
                "99.000000", reader.read(bytes.toByteArray(), everything()).usd().toPlainString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    yesterday,2026-03-02T10:00:00Z,USD,1 | ChargePeriodStart is not a time such as 2026-01-31T12:00:00Z | line 3: ChargePeriodStart is yesterday
                    2026-03-02T09:00:00Z,2026-03-02T08:00:00Z,USD,1 | ChargePeriodEnd is not a time from ChargePeriodStart on | line 3: ChargePeriodEnd is 2026-03-02T08:00:00Z
                    2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,EUR,1 | BillingCurrency is not USD | line 3: BillingCurrency is EUR
                    2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD,one | BilledCost is not an amount such as 12.34 | line 3: BilledCost is one
                    2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD, | BilledCost is not an amount such as 12.34 | line 3: BilledCost is empty
                    2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD,1e999999 | BilledCost is not an amount such as 12.34 | line 3: BilledCost is 1e999999
                    2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD | not as many cells as the header | line 3: 3 cells, expected 4
                    """)
    void aLineThatCannotBeReadIsToldAndCostsNoOther(String line, String reason, String example)
            throws Exception {
        var good = "2026-03-02T09:00:00Z,2026-03-02T10:00:00Z,USD,1\n";
        var header = "ChargePeriodStart,ChargePeriodEnd,BillingCurrency,BilledCost\n";
        var bill = read(header + good + line + "\n\n" + line + "\n", everything());

        assertEquals("1.000000", bill.usd().toPlainString());
        assertEquals(List.of(new Bill.Refused(reason, 2, example)), bill.refused());
        assertEquals(2, bill.lines().refused());

        var none = refused(header + line + "\n", everything());
        assertEquals(
                "every line is unreadable, as in %s, expected some that can be read"
                        .formatted(example.replace("line 3", "line 2")),
                none);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                                          | body is empty, expected CSV with a header and the columns of one of AWS CUR 2.0 (line_item_unblended_cost and line_item_usage_start_date), AWS CUR (legacy) (lineItem/UnblendedCost and lineItem/UsageStartDate), FOCUS (BilledCost or EffectiveCost and ChargePeriodStart)
                    PK                                          | body is a ZIP file, expected CSV, or CSV in gzip
                    date,amount                                 | header is date, amount, expected CSV with a header and the columns of one of AWS CUR 2.0 (line_item_unblended_cost and line_item_usage_start_date), AWS CUR (legacy) (lineItem/UnblendedCost and lineItem/UsageStartDate), FOCUS (BilledCost or EffectiveCost and ChargePeriodStart)
                    BilledCost,ResourceId                       | header is without ChargePeriodStart, expected that column in a file of FOCUS
                    ChargePeriodStart,EffectiveCost             | header is without BilledCost, expected that column in a file of FOCUS
                    line_item_unblended_cost,ChargePeriodStart,line_item_resource_id | header is without line_item_usage_start_date, expected that column in a file of AWS CUR 2.0
                    """)
    void whatIsMissingIsNamed(String text, String message) throws Exception {
        assertEquals(message, refused(text, everything()));
    }

    @Test
    void whatAFilterNeedsIsNamed() throws Exception {
        var header = "ChargePeriodStart,BilledCost\n";
        var byType = asked(CostKind.BILLED, List.of("p5"), List.of(), List.of());
        var byResource = asked(CostKind.BILLED, List.of(), List.of("i-1"), List.of());
        var effective = asked(CostKind.EFFECTIVE, List.of(), List.of(), List.of());

        assertEquals(
                "header is without SkuPriceDetails, expected that column in a file of FOCUS, for"
                        + " instance_type",
                refused(header, byType));
        assertEquals(
                "header is without ResourceId, expected that column in a file of FOCUS, for"
                        + " resource",
                refused(header, byResource));
        assertEquals(
                "cost is effective, expected billed for a file of AWS CUR 2.0",
                refused(CUR, effective));
    }

    private String refused(String text, BillQuestion question) {
        return String.valueOf(
                assertThrows(RefusedBillException.class, () -> read(text, question)).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1,\"2026-03-02T09:00:00Z\"x\n", "1,\"never closed\n"})
    void aBrokenFileIsRefused(String lines) {
        var message = refused("BilledCost,ChargePeriodStart\n" + lines, everything());

        assertTrue(message.startsWith("body is broken: "), message);
    }

    @Test
    void whatUnpacksToMoreThanItMayIsRefused() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(FOCUS.getBytes(UTF_8));
            for (int i = 0; i < 100; i++) {
                gzip.write("2026-03-02,2026-03-02,0,0,USD,,,\n".repeat(1000).getBytes(UTF_8));
            }
        }
        var small = new BillReader(new BillLimits(1 << 20, 1 << 20));

        var refused =
                assertThrows(
                        RefusedBillException.class,
                        () -> small.read(bytes.toByteArray(), everything()));

        assertEquals(
                "body is longer than 1048576 characters when it is unpacked, expected at most"
                        + " 1048576 (BILL_MAX_UNPACKED_BYTES), in lines of at most 1048576",
                refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-02-30", "2026-02-29T09:00:00Z", "2026-04-31 09:00:00 UTC"})
    void aDayThatDoesNotExistIsNoOther(String day) throws Exception {
        var bill =
                read(
                        "BilledCost,BillingCurrency,ChargePeriodStart\n1,USD,2026-03-02T09:00:00Z\n1,USD,%s\n"
                                .formatted(day),
                        everything());

        assertEquals(1, bill.refused().size());
        assertEquals("1.000000", bill.usd().toPlainString());
    }

    @Test
    void aQuoteThatNeverEndsFillsNoMemory() {
        var text = "BilledCost,ChargePeriodStart\n1,\"" + "x".repeat(3 << 20);

        assertTrue(refused(text, everything()).startsWith("body is one line of more than"));
    }
}
