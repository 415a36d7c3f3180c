package gpuanalytics.bench.start;

import gpuanalytics.embedded.Ports;

/** Where a part listens on loopback; the doors are the producers'. */
record PartPorts(int http, int grpcDoor, int httpDoor) {

    static PartPorts free() {
        return new PartPorts(Ports.free(), Ports.free(), Ports.free());
    }
}
