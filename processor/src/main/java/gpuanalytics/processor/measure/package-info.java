/**
 * What the rollups of a kind of event hold, as one table: made from the contract's fields, walked
 * by rollups, queries and the API alike.
 */
@NullMarked
package gpuanalytics.processor.measure;

import org.jspecify.annotations.NullMarked;
