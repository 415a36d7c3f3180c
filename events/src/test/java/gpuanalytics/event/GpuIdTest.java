package gpuanalytics.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GpuIdTest {

    /** The characters that mean something in a key, and two that mean nothing. */
    private static final List<String> TELLING = List.of("a", "0", "/", "\\", "#", "@");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f",
                "MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/7/0",
                "MIG-41b35840-79a5-5dd9-8d4c-e3e5a3c7e1d1",
                "a/b",
            })
    void leavesOrdinaryUuidsAsTheyAre(String uuid) {
        assertEquals(uuid, key(uuid, "node-1", 0L));
        assertEquals(uuid, GpuId.instance(uuid, null));
        assertEquals(uuid + "#3", GpuId.instance(uuid, "3"));
    }

    @Test
    void leavesOrdinaryHostsAsTheyAre() {
        assertEquals("node-1.rack/0", key(null, "node-1.rack", 0L));
        assertNull(GpuId.of(null, "node-1", null));
        assertNull(GpuId.of(null, null, 0L));
    }

    @Test
    void givesNoTwoGpusOneKey() {
        var named = new HashMap<String, String>();
        for (var uuid : texts(4)) {
            put(named, key(uuid, null, null), "uuid " + uuid);
        }
        for (var host : texts(3)) {
            for (long index : new long[] {0, 1, 10}) {
                put(named, key(null, host, index), "host " + host + " index " + index);
            }
        }
    }

    @Test
    void givesNoTwoInstancesOneName() {
        var named = new HashMap<String, String>();
        var migs = new ArrayList<@Nullable String>(texts(2));
        migs.add(null);
        for (var mig : migs) {
            for (var uuid : texts(3)) {
                put(named, GpuId.instance(key(uuid, null, null), mig), uuid + " mig " + mig);
            }
            for (var host : texts(2)) {
                put(named, GpuId.instance(key(null, host, 0L), mig), host + " 0 mig " + mig);
            }
        }
    }

    private static void put(Map<String, String> named, String name, String of) {
        assertNull(named.put(name, of), () -> name + " is also the name of " + of);
    }

    private static String key(@Nullable String uuid, @Nullable String host, @Nullable Long index) {
        return Objects.requireNonNull(GpuId.of(uuid, host, index)).key();
    }

    /** Every text of one to so many telling characters. */
    private static List<String> texts(int longest) {
        var all = new ArrayList<String>();
        var last = List.of("");
        for (int length = 1; length <= longest; length++) {
            last =
                    last.stream()
                            .flatMap(text -> TELLING.stream().map(next -> text + next))
                            .toList();
            all.addAll(last);
        }
        return all;
    }
}
