package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Boots configs/all-devices.json: a Linux guest with 4 vCPUs and every device at once, each of which it uses. One boot of
 * the lab for each hypervisor serves all tests.
 */
@ParameterizedClass
@EnumSource(LabHypervisor.class)
final class AllDevicesIT {

    /** What the machine is made with, before the tests. */
    @Parameter
    LabHypervisor hypervisor;

    private static final int BYTES = 200_000;

    /** In KiB. docs/benchmarks.md has what was measured. */
    private static final long RESIDENT_LIMIT_KIB = 64 * 1024;

    /** The queues that Jinn serves and that the guest has to use. */
    private static final List<String> QUEUES = List.of(
            "console0/1",
            "console0/4",
            "console0/5",
            "rng1/0",
            "net3/0",
            "net3/1",
            "vsock4/0",
            "vsock4/1",
            "balloon5/0",
            "java7/0");

    /** Lies in the shared directory, where the guest finds it. */
    private static final String GUEST = """
            read -r line
            echo "typed: $line"
            echo "cpus: $(nproc)"
            mount /dev/vda /mnt && dd if=/dev/urandom of=/mnt/data bs=1M count=4 2>/dev/null &&
                sum=$(md5sum </mnt/data) && umount /mnt && mount /dev/vda /mnt &&
                [ "$sum" = "$(md5sum </mnt/data)" ] && umount /mnt && echo "disk: the same"
            for rng in virtio_rng.0 virtio_rng.1; do
                echo $rng >/sys/class/misc/hw_random/rng_current
                echo "$rng: $(head -c 4096 /dev/hwrng | grep -c 'Jinn! Jinn! ')"
            done
            echo "port: $(cat /sys/class/virtio-ports/vport0p1/name)"
            exec 3<>/dev/vport0p1
            head -c %1$d <&3 >&3
            exec 3>&-
            udhcpc -q -n -i eth0 -s /etc/udhcpc.script
            peer send tcp:$(ip route | sed -n 's/default via \\([^ ]*\\).*/\\1/p'):7000 %1$d
            devmem 0x0b000000 32 7
            devmem 0x0b000010 32 2
            devmem 0x0b000010 32 1
            devmem 0x0b000010 32 2
            echo from the guest >/tmp/share/reply
            peer serve vsock:4294967295:7002 &
            peer send vsock:2:7001 %1$d
            wait
            """.formatted(BYTES);

    private static final String PREPARE = """
            cat >/jinn/configs/guest.sh <<'END'
            %sEND
            autorun='mkdir /tmp/share; mount -t virtiofs share /tmp/share; sh /tmp/share/guest.sh'
            sed 's|jinn.console=hvc0|& jinn.autorun=\\\\"'"$autorun"'\\\\"|' /jinn/configs/all-devices.json \\
                >/jinn/configs/at-once.json
            """.formatted(GUEST);

    /**
     * It is typed again and again, because what comes before a program of the guest listens is lost.
     *
     * <p>The guest ends when somebody has connected to it: until then the host looks at the VMM, for some seconds, as the
     * JVM gives back every few what it has used to compile. Guest RAM is what is mapped of the memfd that the VMM has named so.
     */
    private static final String USE = """
            rm -f /jinn/configs/reply
            peer serve tcp:127.0.0.1:7000 &
            (while sleep 3 && echo IN CAPITALS; do :; done) |
                jinn run --doorbells=PATH --report=/tmp/report.json /jinn/configs/at-once.json &
            pid=$!
            peer ask unix:/tmp/all-devices.port %1$d
            peer serve unix:/tmp/all-devices.vsock_7001
            jinn balloon all-devices 32MiB >/dev/null
            await "jinn balloon all-devices | grep -q '^given *32 MiB$'"
            jinn balloon all-devices
            for second in 1 2 3 4 5 6 7 8; do
                awk '/^[0-9a-f]+-[0-9a-f]+ / { guest = /memfd:jinn-ram-/ } /^Rss:/ { if (guest) ram += $2; else own += $2 }
                    END { print own " KiB beyond " ram " KiB of guest RAM" }' /proc/$pid/smaps
                sleep 1
            done | sort -n | sed -n '1s/^/resident: /p'
            peer send unix:/tmp/all-devices.vsock@7002 %1$d
            wait $pid
            code=$?
            cat /jinn/configs/reply /tmp/report.json
            echo "left: $(pidof passt virtiofsd | wc -w) programs, $(ls /tmp/*.vsock /tmp/*.port 2>/dev/null | wc -l) sockets"
            exit $code
            """.formatted(BYTES);

    private static Map<String, Result> results;

    @BeforeParameterizedClassInvocation
    static void boot(LabHypervisor hypervisor) throws Exception {
        results = hypervisor
                .machine()
                .moreSeconds(300)
                .command("prepare", PREPARE)
                .command("kernel", USE.replace("PATH", "kernel"))
                .command("userspace", USE.replace("PATH", "userspace"))
                .run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "userspace"})
    void theGuestUsesEveryDeviceOnItsFourCpus(String path) {
        Result result = results.get(path);
        result.assertEnds(
                0,
                "typed: IN CAPITALS",
                "cpus: 4",
                "disk: the same",
                "port: echo",
                "virtio_rng.0: 0",
                "given                        32 MiB",
                "from the guest",
                "guest: exit 0",
                "vm all-devices: guest powered off");
        assertTrue(result.number("virtio_rng\\.1: (\\d+)") > 0, "the device of the jar");
        long same = Pattern.compile("peer: " + BYTES + " bytes the same")
                .matcher(result.output())
                .results()
                .count();
        assertEquals(4, same, result::output);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "userspace"})
    void everyKickTakesTheWayThatWasChosen(String path) {
        Result result = results.get(path);
        for (String queue : QUEUES) {
            assertTrue(count(result, queue, "requests") > 0, queue);
            assertKicks(result, queue, path);
        }
        long blockRequests = 0;
        for (int queue = 0; queue < 4; queue++) {
            blockRequests += count(result, "block2/" + queue, "requests");
        }
        assertTrue(blockRequests > 0, "block2");
        assertDoorbell(result, "fs6/1", path, "[1-9]\\d*");
        assertDoorbell(result, "any", path, "1");
        assertDoorbell(result, "one", path, "1");
        assertDoorbell(result, "two", path, "2");
    }

    /* virtiofsd reads the eventfds of its queues itself, so that nobody counts the kernel's rings of them. */
    private static void assertDoorbell(Result result, String name, String path, String rings) {
        String kernel = path.equals("kernel") ? (name.startsWith("fs") ? "0" : rings) : "0";
        String userspace = path.equals("kernel") ? "0" : rings;
        String row = "(?m)^" + name + " +0x\\S+ +4 +\\S+ +" + path + " +" + kernel + " +" + userspace + "\\b";
        assertTrue(
                Pattern.compile(row).matcher(result.output()).find(),
                () -> "no row " + row + " in:\n" + result.output());
    }

    private static void assertKicks(Result result, String queue, String path) {
        boolean kernel = path.equals("kernel");
        assertTrue(count(result, queue, kernel ? "kernelKicks" : "userspaceKicks") > 0, queue);
        assertEquals(0, count(result, queue, kernel ? "userspaceKicks" : "kernelKicks"), queue);
    }

    private static long count(Result result, String queue, String counter) {
        return result.number("\"name\" : \"" + queue + "\",[^}]*\"" + counter + "\" : (\\d+)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "userspace"})
    void theVmmNeedsLittleMemoryBesideTheGuests(String path) {
        Result result = results.get(path);
        long resident = result.number("resident: (\\d+) KiB beyond");
        assertTrue(result.number("KiB beyond (\\d+) KiB") > 50 * 1024, result::output);
        assertTrue(resident <= RESIDENT_LIMIT_KIB, "resident: " + resident + " KiB");
    }

    @Test
    void nothingIsLeftOfTheProgramsBehindTheDevices() {
        results.get("kernel").assertEnds(0, "left: 0 programs, 0 sockets");
        results.get("userspace").assertEnds(0, "left: 0 programs, 0 sockets");
    }
}
