/** What is said twice under one identity, beside a plain model of what it should come to. */
@NullMarked
package gpuanalytics.processor.identity;

import org.jspecify.annotations.NullMarked;
