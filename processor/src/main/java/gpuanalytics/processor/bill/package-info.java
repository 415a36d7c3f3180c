/**
 * Bills as their senders write them: files of AWS's Cost and Usage Report and of FOCUS, summed up.
 */
@NullMarked
package gpuanalytics.processor.bill;

import org.jspecify.annotations.NullMarked;
