package gpuanalytics.processor.api;

import java.util.Map;

/**
 * What a request is answered with.
 *
 * @param status the HTTP status
 * @param contentType the body's media type with its parameters
 * @param body the body
 * @param headers further headers
 */
@SuppressWarnings("ArrayRecordComponent") // written once, sent once, never compared
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

    static Answer ok(String contentType, byte[] body) {
        return new Answer(200, contentType, body, Map.of());
    }
}
