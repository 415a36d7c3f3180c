package gpuanalytics.placement.report;

import gpuanalytics.placement.rehearse.PolicyResult;
import gpuanalytics.placement.rehearse.RehearsalResult;
import gpuanalytics.placement.rehearse.Spread;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * The curves of a rehearsal as a picture (SVG 1.1): how much is allocated, and how much of what is
 * left is of no use, over what has been asked for; mean and standard deviation of each policy.
 */
public final class SvgReport {

    private static final int WIDTH = 860;
    private static final int LEFT = 60;
    private static final int PLOT_WIDTH = 600;
    private static final int PLOT_HEIGHT = 260;
    private static final int FIRST_TOP = 60;
    private static final int SECOND_TOP = 400;
    private static final int HEIGHT = 720;
    private static final int LEGEND_LEFT = LEFT + PLOT_WIDTH + 20;
    private static final int LEGEND_LINE = 22;
    private static final int TICK_PERCENT = 10;

    /** Told apart also by those who see few colours (Okabe and Ito), and by their dashes. */
    private static final List<String> COLORS =
            List.of(
                    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
                    "#7f7f7f");

    private static final List<String> DASHES =
            List.of("none", "8 3", "2 3", "8 3 2 3", "none", "8 3", "2 3", "8 3 2 3");

    /** A plot: its place, and up to which arrival it goes. */
    private record Plot(int top, int target) {

        double x(double percent) {
            return LEFT + percent / target * PLOT_WIDTH;
        }

        double y(double value) {
            return top + PLOT_HEIGHT * (1 - Math.clamp(value, 0, 100) / 100);
        }
    }

    private SvgReport() {}

    /** The document, under a title. */
    public static String of(String title, RehearsalResult result) {
        var svg = new SvgText();
        svg.start(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 %d %d".formatted(WIDTH, HEIGHT),
                "width",
                WIDTH,
                "height",
                HEIGHT,
                "role",
                "img",
                "font-family",
                "sans-serif",
                "font-size",
                12);
        svg.words("title", title);
        svg.empty("rect", "width", WIDTH, "height", HEIGHT, "fill", "#ffffff");
        svg.words("text", title, "x", LEFT, "y", 24, "font-size", 16, "fill", "#222222");
        int target = result.plan().targetPercent();
        plot(
                svg,
                "% of all GPUs that is allocated",
                result,
                new Plot(FIRST_TOP, target),
                PolicyResult::allocatedPercent);
        plot(
                svg,
                "% of the GPUs left that typical requests cannot use",
                result,
                new Plot(SECOND_TOP, target),
                PolicyResult::fragmentedPercent);
        legend(svg, result);
        return svg.end("svg").toString();
    }

    private static void plot(
            SvgText svg,
            String heading,
            RehearsalResult result,
            Plot plot,
            BiFunction<PolicyResult, Integer, Spread> curve) {
        svg.words("text", heading, "x", LEFT, "y", plot.top() - 10, "fill", "#222222");
        axes(svg, plot);
        for (int number = 0; number < result.policies().size(); number++) {
            line(svg, plot, number, result.policies().get(number), curve);
        }
        svg.words(
                "text",
                "% of all GPUs that requests have asked for",
                "x",
                LEFT + PLOT_WIDTH,
                "y",
                plot.top() + PLOT_HEIGHT + 34,
                "text-anchor",
                "end",
                "fill",
                "#222222");
    }

    private static void axes(SvgText svg, Plot plot) {
        for (int value = 0; value <= 100; value += 2 * TICK_PERCENT) {
            double y = plot.y(value);
            rule(svg, LEFT, y, LEFT + PLOT_WIDTH, y);
            label(svg, value, LEFT - 8, y + 4, "end");
        }
        int step = plot.target() > 20 * TICK_PERCENT ? 10 * TICK_PERCENT : TICK_PERCENT;
        for (int percent = 0; percent <= plot.target(); percent += step) {
            double x = plot.x(percent);
            rule(svg, x, plot.top() + PLOT_HEIGHT, x, plot.top() + PLOT_HEIGHT + 5);
            label(svg, percent, x, plot.top() + PLOT_HEIGHT + 18, "middle");
        }
    }

    private static void rule(SvgText svg, double x1, double y1, double x2, double y2) {
        svg.empty("line", "x1", x1, "y1", y1, "x2", x2, "y2", y2, "stroke", "#dddddd");
    }

    private static void label(SvgText svg, int value, double x, double y, String anchor) {
        svg.words(
                "text",
                Integer.toString(value),
                "x",
                x,
                "y",
                y,
                "text-anchor",
                anchor,
                "fill",
                "#555555");
    }

    /** The mean, on a band of a standard deviation to both sides. */
    private static void line(
            SvgText svg,
            Plot plot,
            int number,
            PolicyResult policy,
            BiFunction<PolicyResult, Integer, Spread> curve) {
        var upper = new StringBuilder();
        var lower = new StringBuilder();
        var mean = new StringBuilder();
        for (int percent = 0; percent <= plot.target(); percent++) {
            var spread = curve.apply(policy, percent);
            double sd = spread.sd().orElse(0);
            double x = plot.x(percent);
            mean.append(point(x, plot.y(spread.mean())));
            upper.append(point(x, plot.y(spread.mean() + sd)));
            lower.insert(0, point(x, plot.y(spread.mean() - sd)));
        }
        var color = COLORS.get(number % COLORS.size());
        if (policy.seeds().size() > 1) {
            svg.empty("polygon", "points", upper.append(lower), "fill", color, "opacity", "0.15");
        }
        svg.empty(
                "polyline",
                "points",
                mean,
                "fill",
                "none",
                "stroke",
                color,
                "stroke-width",
                "1.6",
                "stroke-dasharray",
                DASHES.get(number % DASHES.size()));
    }

    private static String point(double x, double y) {
        return SvgText.number(x) + "," + SvgText.number(y) + " ";
    }

    private static void legend(SvgText svg, RehearsalResult result) {
        for (int number = 0; number < result.policies().size(); number++) {
            sample(svg, number);
            legendText(
                    svg,
                    number,
                    LEGEND_LEFT + 38,
                    words(result.policies().get(number), result.plan().compareAtPercent()));
        }
        legendText(
                svg,
                result.policies().size(),
                LEGEND_LEFT,
                "allocated at %d %%".formatted(result.plan().compareAtPercent()));
    }

    private static String words(PolicyResult policy, int at) {
        return String.format(
                Locale.ROOT,
                "%s %.2f %%",
                policy.policy().label(),
                policy.allocatedPercent(at).mean());
    }

    private static void legendText(SvgText svg, int line, int x, String words) {
        svg.words("text", words, "x", x, "y", legendY(line) + 4, "fill", "#222222");
    }

    private static int legendY(int line) {
        return FIRST_TOP + 8 + line * LEGEND_LINE;
    }

    private static void sample(SvgText svg, int number) {
        svg.empty(
                "line",
                "x1",
                LEGEND_LEFT,
                "y1",
                legendY(number),
                "x2",
                LEGEND_LEFT + 30,
                "y2",
                legendY(number),
                "stroke",
                COLORS.get(number % COLORS.size()),
                "stroke-width",
                3,
                "stroke-dasharray",
                DASHES.get(number % DASHES.size()));
    }
}
