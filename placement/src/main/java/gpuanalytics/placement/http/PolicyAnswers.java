package gpuanalytics.placement.http;

import gpuanalytics.placement.policy.Policy;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;

/** Which policies there are. */
final class PolicyAnswers {

    private PolicyAnswers() {}

    /** {@code {"policies":[{"policy":"fgd","meaning":"…"}]}}, in the order of the tables. */
    static Answer policies(Endpoint.Request request) {
        return Answer.ok(
                request.mediaType(),
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeArrayFieldStart("policies");
                            for (var policy : Policy.values()) {
                                json.writeStartObject();
                                json.writeStringField("policy", policy.label());
                                json.writeStringField("meaning", policy.meaning());
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            json.writeEndObject();
                        }));
    }
}
