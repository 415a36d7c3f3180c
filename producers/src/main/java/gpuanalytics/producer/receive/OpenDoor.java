package gpuanalytics.producer.receive;

import gpuanalytics.service.health.HealthReport;

/** A door that listens, until it is closed: then what is being told has a short time to end. */
public interface OpenDoor extends AutoCloseable {

    /** The port it listens on. */
    int port();

    HealthReport.Part part();

    @Override
    void close();
}
