@NullMarked
package gpuanalytics.placement.model.answer;

import org.jspecify.annotations.NullMarked;
