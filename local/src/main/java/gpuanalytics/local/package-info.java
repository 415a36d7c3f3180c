@NullMarked
package gpuanalytics.local;

import org.jspecify.annotations.NullMarked;
