package gpuanalytics.embedded.testing;

import org.testcontainers.DockerClientFactory;

/** Where a test's broker or store comes from. */
public enum Lane {
    /** In this process, in memory or a temporary directory. */
    EMBEDDED,
    /** In this process, the store's data in a directory. */
    DURABLE,
    /** A container, where a Docker engine answers. */
    DOCKER,
    /** The server that the environment names. */
    GIVEN;

    /** Whether a Docker engine answers; asked once. */
    static boolean hasDocker() {
        return Docker.PRESENT;
    }

    private static final class Docker {
        static final boolean PRESENT = DockerClientFactory.instance().isDockerAvailable();
    }

    /** Says in one line, past Maven's own filter, which lane a test did without. */
    public static void sayAbsent(String what, String why) {
        System.out.println("[lane absent] " + what + ": " + why);
    }
}
