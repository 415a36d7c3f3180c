/** How fast an hour's ledger closes, and how fast a month of it is answered. */
@NullMarked
package gpuanalytics.bench.ledger;

import org.jspecify.annotations.NullMarked;
