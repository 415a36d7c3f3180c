package gpuanalytics.placement.model.source;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.trace.BadInputException;

/** Answers of the processor's API. */
@FunctionalInterface
public interface ProcessorApi {

    /**
     * What it answers.
     *
     * @param target path and query
     * @throws BadInputException in one line where it does not answer with 200 and JSON in time
     */
    JsonNode get(String target) throws BadInputException, InterruptedException;
}
