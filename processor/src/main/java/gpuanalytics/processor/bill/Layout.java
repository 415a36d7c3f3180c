package gpuanalytics.processor.bill;

import gpuanalytics.processor.bill.BillLine.Unreadable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Where in a file things stand.
 *
 * @param size how many columns it has
 */
record Layout(
        BillFormat format,
        int size,
        Column start,
        @Nullable Column end,
        @Nullable Column currency,
        Column cost,
        List<Filter> filters) {

    private static final String USD = "USD";

    /** A column that is there. */
    record Column(String name, int place) {
        String of(CSVRecord line) {
            return line.get(place);
        }
    }

    /** The values of which a line must have one. */
    record Filter(Column column, UnaryOperator<String> value, List<String> asked) {
        boolean takes(CSVRecord line) {
            return asked.contains(value.apply(column.of(line)));
        }
    }

    /**
     * The layout that a header has.
     *
     * @throws RefusedBillException when it is not known, or lacks what is asked for
     */
    static Layout of(ColumnNames names, BillQuestion question) throws RefusedBillException {
        var format =
                BillFormat.nearest(names)
                        .orElseThrow(
                                () ->
                                        new RefusedBillException(
                                                "header", names.toString(), BillReader.expected()));
        var columns = format.columns();
        return new Layout(
                format,
                names.size(),
                required(names, format, columns.start(), ""),
                find(names, columns.end()).orElse(null),
                find(names, columns.currency()).orElse(null),
                required(names, format, costColumn(format, question), ""),
                filters(names, format, question));
    }

    private static String costColumn(BillFormat format, BillQuestion question)
            throws RefusedBillException {
        return format.cost(question.cost())
                .orElseThrow(
                        () ->
                                new RefusedBillException(
                                        "cost",
                                        BillQuestion.label(question.cost()),
                                        "billed for a file of " + format.label()));
    }

    private static List<Filter> filters(ColumnNames names, BillFormat format, BillQuestion question)
            throws RefusedBillException {
        var columns = format.columns();
        var filters = new ArrayList<Filter>();
        if (!question.instanceTypes().isEmpty()) {
            filters.add(
                    new Filter(
                            required(names, format, columns.instanceType(), "instance_type"),
                            format == BillFormat.FOCUS
                                    ? BillLine::instanceType
                                    : UnaryOperator.identity(),
                            question.instanceTypes()));
        }
        if (!question.resources().isEmpty()) {
            var column = required(names, format, columns.resource(), "resource");
            filters.add(new Filter(column, UnaryOperator.identity(), question.resources()));
        }
        if (!question.lineTypes().isEmpty()) {
            var column = required(names, format, columns.lineType(), "line_type");
            filters.add(new Filter(column, UnaryOperator.identity(), question.lineTypes()));
        }
        return filters;
    }

    /**
     * A column that has to be there.
     *
     * @param parameter for which filter; empty where it is for none
     */
    private static Column required(
            ColumnNames names, BillFormat format, String column, String parameter)
            throws RefusedBillException {
        return find(names, column)
                .orElseThrow(
                        () ->
                                new RefusedBillException(
                                        "header",
                                        "without " + column,
                                        "that column in a file of "
                                                + format.label()
                                                + (parameter.isEmpty()
                                                        ? ""
                                                        : ", for " + parameter)));
    }

    private static Optional<Column> find(ColumnNames names, String name) {
        return Optional.ofNullable(names.place(name)).map(place -> new Column(name, place));
    }

    /** Whether every filter takes a line. */
    boolean isAsked(CSVRecord line) {
        return filters.stream().allMatch(filter -> filter.takes(line));
    }

    BillLine line(CSVRecord line) throws Unreadable {
        var from = BillLine.time(start.name, start.of(line));
        var given = end == null ? "" : end.of(line);
        var to = end == null || given.isBlank() ? from : BillLine.time(end.name, given);
        if (to.isBefore(from)) {
            throw BillLine.unreadable(
                    end == null ? "" : end.name, given, "a time from " + start.name + " on");
        }
        if (currency != null && !currency.of(line).strip().equals(USD)) {
            throw BillLine.unreadable(currency.name, currency.of(line), USD);
        }
        return new BillLine(from, to, BillLine.cost(cost.name, cost.of(line)));
    }
}
