@NullMarked
package gpuanalytics.processor;

import org.jspecify.annotations.NullMarked;
