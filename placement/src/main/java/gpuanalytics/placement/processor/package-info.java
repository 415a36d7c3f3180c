/** What the processor knows of the GPUs: who has which, and what they cost; asked over HTTP. */
@NullMarked
package gpuanalytics.placement.processor;

import org.jspecify.annotations.NullMarked;
