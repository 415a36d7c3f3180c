package gpuanalytics.producer.source.nvml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.producer.source.nvml.ContainerOwners.Names;
import gpuanalytics.producer.source.nvml.ContainerOwners.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContainerOwnersTest {

    private static final String ID = "0123456789abcdef".repeat(4);
    private static final String UID = "6f1c2b3a-0d4e-4f5a-9b8c-7d6e5f4a3b2c";
    private static final String SLICE_UID = UID.replace('-', '_');
    private static final String STATIC_UID = "fedcba9876543210fedcba9876543210";

    @TempDir private Path folder;

    /** What /proc/PID/cgroup says, by version of the control groups, driver and runtime. */
    record Cgroup(String kind, String text, String podUid) {
        @Override
        public String toString() {
            return kind;
        }
    }

    static Stream<Cgroup> ofPods() {
        var scopes = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod";
        return Stream.of(
                new Cgroup(
                        "v2, systemd, containerd",
                        "0::%s%s.slice/cri-containerd-%s.scope".formatted(scopes, SLICE_UID, ID),
                        UID),
                new Cgroup(
                        "v2, systemd, cri-o, with its own group below",
                        "0::%s%s.slice/crio-%s.scope/container".formatted(scopes, SLICE_UID, ID),
                        UID),
                new Cgroup(
                        "v2, seen from another container's name space",
                        "0::/../../kubepods-pod%s.slice/cri-containerd-%s.scope"
                                .formatted(SLICE_UID, ID),
                        UID),
                new Cgroup(
                        "v2, cgroupfs", "0::/kubepods/besteffort/pod%s/%s".formatted(UID, ID), UID),
                new Cgroup(
                        "v1, cgroupfs",
                        """
                        12:pids:/kubepods/burstable/pod%1$s/%2$s
                        11:memory:/kubepods/burstable/pod%1$s/%2$s
                        1:name=systemd:/kubepods/burstable/pod%1$s/%2$s
                        0::/system.slice/containerd.service\
                        """
                                .formatted(UID, ID),
                        UID),
                new Cgroup(
                        "v1, systemd, docker",
                        "4:devices:%s%s.slice/docker-%s.scope".formatted(scopes, SLICE_UID, ID),
                        UID),
                new Cgroup(
                        "v1, containerd under a service",
                        "3:cpu:/system.slice/containerd.service/kubepods-pod%s.slice:cri-containerd:%s"
                                .formatted(SLICE_UID, ID),
                        UID),
                new Cgroup(
                        "a static pod",
                        "0::/kubepods/pod%s/%s".formatted(STATIC_UID, ID),
                        STATIC_UID));
    }

    @ParameterizedTest
    @MethodSource("ofPods")
    void findsPodAndContainer(Cgroup cgroup) throws IOException {
        process(42, cgroup.text());

        assertEquals(Optional.of(new Owner(cgroup.podUid(), ID, null)), owners().ownerOf(42));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0::/system.slice/docker-%s.scope", "9:cpu:/docker/%s"})
    void aContainerOutsideOfKubernetesHasNoPod(String form) throws IOException {
        process(42, form.formatted(ID));

        var owner = owners().ownerOf(42).orElseThrow();

        assertNull(owner.podUid());
        assertEquals("0123456789ab", owner.container());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0::/user.slice/user-1000.slice/session-2.scope",
                "0::/",
                "",
                // 65 digits are no id
                "0::/docker/00123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            })
    void aProcessOfTheMachineIsNobodys(String cgroup) throws IOException {
        process(42, cgroup);

        assertEquals(Optional.empty(), owners().ownerOf(42));
    }

    @Test
    void aProcessThatHasEndedIsNobodys() {
        assertEquals(Optional.empty(), owners().ownerOf(42));
    }

    @Test
    void theLogsNameSaysWhatKubeletCallsIt() throws IOException {
        process(42, "0::/kubepods/pod" + UID + "/" + ID);
        log("llama-70b-0_team-a_vllm-server-" + ID + ".log");
        log("other_team-b_app-" + "f".repeat(64) + ".log");
        log("not a container's.log");

        var owner = owners().ownerOf(42).orElseThrow();

        assertEquals(new Names("llama-70b-0", "team-a", "vllm-server"), owner.names());
        assertEquals("vllm-server", owner.container());
    }

    @Test
    void containersStartedLaterAreFoundAtTheNextLook() throws IOException {
        process(42, "0::/kubepods/pod" + UID + "/" + ID);
        var owners = owners();
        assertNull(owners.ownerOf(42).orElseThrow().names());
        log("pod_space_app-" + ID + ".log");
        assertNull(owners.ownerOf(42).orElseThrow().names(), "one look at a time");

        owners.refresh();

        assertNotNull(owners.ownerOf(42).orElseThrow().names());
    }

    private ContainerOwners owners() {
        return new ContainerOwners(folder.resolve("proc"), folder.resolve("logs"));
    }

    private void process(int pid, String cgroup) throws IOException {
        var process = folder.resolve("proc/" + pid);
        Files.createDirectories(process);
        Files.writeString(process.resolve("cgroup"), cgroup + "\n");
    }

    private void log(String name) throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        Files.createFile(folder.resolve("logs").resolve(name));
    }
}
