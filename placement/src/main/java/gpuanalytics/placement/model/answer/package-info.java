/** What HTTP says of the models, and what it takes of what really happened. */
@NullMarked
package gpuanalytics.placement.model.answer;

import org.jspecify.annotations.NullMarked;
