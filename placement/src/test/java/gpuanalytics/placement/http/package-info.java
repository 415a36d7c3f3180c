@NullMarked
package gpuanalytics.placement.http;

import org.jspecify.annotations.NullMarked;
