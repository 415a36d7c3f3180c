package gpuanalytics.service.http;

import io.vertx.core.MultiMap;

/** What every answer tells a browser: take it as what it says it is, and load nothing for it. */
final class SecurityHeaders {

    private SecurityHeaders() {}

    static void put(MultiMap headers) {
        headers.set("x-content-type-options", "nosniff");
        headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
        headers.set("referrer-policy", "no-referrer");
        headers.set("cross-origin-resource-policy", "same-origin");
    }
}
