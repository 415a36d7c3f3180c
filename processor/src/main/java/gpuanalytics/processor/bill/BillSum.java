package gpuanalytics.processor.bill;

import gpuanalytics.processor.bill.Bill.Lines;
import gpuanalytics.processor.bill.Bill.Refused;
import gpuanalytics.processor.bill.Bill.Span;
import gpuanalytics.processor.bill.BillLine.Unreadable;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sums up the lines of a bill; exact, and rounded once. A line counts by its share of the time. */
final class BillSum {

    private static final int DIGITS = 6;
    private static final MathContext PRECISE = new MathContext(60);

    private final BillQuestion question;
    private final Map<String, Refused> refused = new LinkedHashMap<>();
    private BigDecimal usd = BigDecimal.ZERO;
    private long counted;
    private long outside;
    private long filtered;
    private long cut;
    private @Nullable Span span;

    BillSum(BillQuestion question) {
        this.question = question;
    }

    void add(BillLine line) {
        span =
                span == null
                        ? new Span(line.start(), line.end())
                        : new Span(
                                earlier(span.from(), line.start()), later(span.to(), line.end()));
        var length = Duration.between(line.start(), line.end());
        if (length.isZero()) {
            count(line, isAsked(line.start()) ? BigDecimal.ONE : BigDecimal.ZERO);
            return;
        }
        var inside =
                Duration.between(
                        later(line.start(), question.from()), earlier(line.end(), question.to()));
        count(
                line,
                inside.isPositive()
                        ? seconds(inside).divide(seconds(length), PRECISE)
                        : BigDecimal.ZERO);
    }

    private boolean isAsked(Instant moment) {
        return !moment.isBefore(question.from()) && moment.isBefore(question.to());
    }

    private void count(BillLine line, BigDecimal share) {
        if (share.signum() == 0) {
            outside++;
            return;
        }
        counted++;
        cut += share.compareTo(BigDecimal.ONE) < 0 ? 1 : 0;
        usd = usd.add(line.cost().multiply(share));
    }

    private static BigDecimal seconds(Duration length) {
        return BigDecimal.valueOf(length.toSeconds())
                .add(BigDecimal.valueOf(length.toNanosPart(), 9));
    }

    void filter() {
        filtered++;
    }

    void refuse(long lineNumber, Unreadable why) {
        var example = "line %d: %s".formatted(lineNumber, why.getMessage());
        refused.merge(
                why.reason(),
                new Refused(why.reason(), 1, example),
                (first, _) -> new Refused(first.reason(), first.lines() + 1, first.example()));
    }

    /**
     * What the lines come to.
     *
     * @throws RefusedBillException when none of them can be read
     */
    Bill finish(BillFormat format, String costColumn) throws RefusedBillException {
        var reasons = List.copyOf(refused.values());
        long refusedLines = reasons.stream().mapToLong(Refused::lines).sum();
        if (refusedLines > 0 && counted + outside + filtered == 0) {
            throw new RefusedBillException(
                    "every line",
                    "unreadable, as in " + reasons.getFirst().example(),
                    "some that can be read");
        }
        return new Bill(
                format,
                costColumn,
                usd.setScale(DIGITS, RoundingMode.HALF_EVEN),
                new Lines(counted, outside, filtered, refusedLines, cut),
                reasons,
                Optional.ofNullable(span));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
