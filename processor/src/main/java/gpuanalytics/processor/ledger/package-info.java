/**
 * What every second of a GPU was for: minutes of GPUs split over the tokens that ran in them, kept
 * per hour and day, and rated with a book of prices when they are asked for.
 */
@NullMarked
package gpuanalytics.processor.ledger;

import org.jspecify.annotations.NullMarked;
