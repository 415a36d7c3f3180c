/** How long to wait before something is tried again. */
@NullMarked
package gpuanalytics.service.retry;

import org.jspecify.annotations.NullMarked;
