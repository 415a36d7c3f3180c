package gpuanalytics.processor.rollup;

import gpuanalytics.event.EventTopic;
import org.bson.RawBsonDocument;

/**
 * A stored event that counts in its rollups, if their guards do not say that it does already.
 *
 * @param topic what kind of event
 * @param source its partition, by the name of its watermarks
 * @param offset where it lies in its partition
 * @param document the raw document
 * @param overflow whether it counts under {@code other}
 */
public record CountedRow(
        EventTopic topic, String source, long offset, RawBsonDocument document, boolean overflow) {}
