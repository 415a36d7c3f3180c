/** What state a program and its parts are in, as values. */
@NullMarked
package gpuanalytics.service.health;

import org.jspecify.annotations.NullMarked;
