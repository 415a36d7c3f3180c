package gpuanalytics.bench.process;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** Asks the system and a JVM what the JVM costs, without a word of its own program. */
public final class CostProbe implements AutoCloseable {

    private final ProcessHandle process;
    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private CostProbe(ProcessHandle process, JMXConnector connector) throws IOException {
        this.process = process;
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    /** Attaches to a JVM of this user. */
    @SuppressWarnings("BanJNDI") // the address is that of a child of this process
    public static CostProbe attach(ProcessHandle process) throws IOException {
        try {
            var machine = VirtualMachine.attach(Long.toString(process.pid()));
            try {
                var url = new JMXServiceURL(machine.startLocalManagementAgent());
                return new CostProbe(process, JMXConnectorFactory.connect(url));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("no JVM to attach to in process " + process.pid(), e);
        }
    }

    /** What it has cost so far. */
    public Cost read() {
        return new Cost(
                process.info().totalCpuDuration().orElse(Duration.ZERO),
                allocatedBytes(),
                peakResident());
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException _) {
            // the process has ended
        }
    }

    private @Nullable Long allocatedBytes() {
        try {
            var threads = new ObjectName("java.lang:type=Threading");
            return (Long) beans.getAttribute(threads, "TotalThreadAllocatedBytes");
        } catch (IOException | JMException _) {
            return null;
        }
    }

    private @Nullable Long peakResident() {
        try {
            return peakResidentBytes(process);
        } catch (IOException _) {
            return null;
        }
    }

    /**
     * The most memory that a process has had.
     *
     * @throws IOException where it has ended, or the system does not say
     */
    public static long peakResidentBytes(ProcessHandle process) throws IOException {
        var status = Path.of("/proc/" + process.pid() + "/status");
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no VmHWM in " + status));
        }
    }
}
