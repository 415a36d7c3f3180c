/** What may be spent, what is spent, what will be, and who is told when it is too much. */
@NullMarked
package gpuanalytics.processor.budget;

import org.jspecify.annotations.NullMarked;
