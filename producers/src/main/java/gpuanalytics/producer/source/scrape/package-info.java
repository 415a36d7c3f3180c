/**
 * Asks exporters for their metrics as Prometheus does. Starting point: {@link
 * gpuanalytics.producer.source.scrape.ScrapeSource}, which finds the targets, fetches the text of
 * each and hands the series on to who makes events of them.
 */
@NullMarked
package gpuanalytics.producer.source.scrape;

import org.jspecify.annotations.NullMarked;
