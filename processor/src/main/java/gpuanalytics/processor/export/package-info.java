/**
 * The ledger as others read it: charges as rows of FOCUS, the FinOps Open Cost and Usage
 * Specification.
 */
@NullMarked
package gpuanalytics.processor.export;

import org.jspecify.annotations.NullMarked;
