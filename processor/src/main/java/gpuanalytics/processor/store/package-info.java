/** The store: its client, its collections and their indexes. */
@NullMarked
package gpuanalytics.processor.store;

import org.jspecify.annotations.NullMarked;
