package gpuanalytics.placement.extender;

import gpuanalytics.placement.watch.PodRequest;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.kubernetes.KubernetesApi;
import java.io.IOException;
import java.time.Duration;

/** Puts pods on nodes. */
interface Binder {

    /**
     * Puts a pod on a node.
     *
     * @param gpus the GPUs that it gets there, as a set of bits; 0 for none
     * @return why it is certainly not there; empty where it is
     * @throws IOException where it is not known whether it is
     */
    String bind(String namespace, String name, String uid, String node, long gpus)
            throws IOException, InterruptedException;

    /**
     * By the API's own binding, whose annotations become the pod's: node and GPUs are written in
     * one step, and it takes the right to create bindings and no right to change pods.
     */
    static Binder of(KubernetesApi api, Duration limit) {
        return (namespace, name, uid, node, gpus) -> {
            var path =
                    "/api/v1/namespaces/%s/pods/%s/binding"
                            .formatted(
                                    KubernetesApi.encoded(namespace), KubernetesApi.encoded(name));
            var reply = api.post(path, body(namespace, name, uid, node, gpus), limit);
            if (reply.isDone()) {
                return "";
            }
            var refusal = "the API answers %d: %s".formatted(reply.status(), reply.message());
            if (reply.status() / 100 == 5) {
                throw new IOException(refusal);
            }
            return refusal;
        };
    }

    private static byte[] body(String namespace, String name, String uid, String node, long gpus) {
        return Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("apiVersion", "v1");
                            json.writeStringField("kind", "Binding");
                            json.writeObjectFieldStart("metadata");
                            json.writeStringField("name", name);
                            json.writeStringField("namespace", namespace);
                            json.writeStringField("uid", uid);
                            if (gpus != 0) {
                                json.writeObjectFieldStart("annotations");
                                json.writeStringField(
                                        PodRequest.ALIBABA_INDEX, PodState.index(gpus));
                                json.writeEndObject();
                            }
                            json.writeEndObject();
                            json.writeObjectFieldStart("target");
                            json.writeStringField("apiVersion", "v1");
                            json.writeStringField("kind", "Node");
                            json.writeStringField("name", node);
                            json.writeEndObject();
                            json.writeEndObject();
                        })
                .bytes();
    }
}
