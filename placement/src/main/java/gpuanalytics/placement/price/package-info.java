/**
 * What an hour of a GPU costs by its model: one price for all, a price book's, or nothing where it
 * is not known.
 */
@NullMarked
package gpuanalytics.placement.price;

import org.jspecify.annotations.NullMarked;
