package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
 * Moves streams in and out of Linux guests, through passt, taps and vsock. The program {@code peer} (lab/guest/peer.c)
 * compares every byte that comes back. One boot for each hypervisor serves all tests.
 */
@ParameterizedClass
@EnumSource(LabHypervisor.class)
final class NetworkIT {

    /** What the machine is made with, before the tests. */
    @Parameter
    LabHypervisor hypervisor;

    private static final int BYTES = 2_000_000;

    /** Serves both ways in, then goes both ways out: the host's loopback is behind the gateway. */
    private static final String EVERY_WAY = """
            peer serve tcp:0.0.0.0:80 & a=$!; peer serve vsock:4294967295:7002 & b=$!; \
            udhcpc -q -n -i eth0 -s /etc/udhcpc.script && \
            peer send tcp:$(ip route | sed -n 's/default via \\\\([^ ]*\\\\).*/\\\\1/p'):7000 %d && \
            peer send vsock:2:7001 %d && wait $a && wait $b""".formatted(BYTES, BYTES);

    /** Runs configs/network.json; the host's side begins when the guest's own connections are over. */
    private static final String RUN_EVERY_WAY = """
            command=$(sed 's/[&|\\\\]/\\\\&/g' /tmp/every-way)
            sed 's|jinn.console=hvc0|jinn.console=hvc0 jinn.autorun=\\\\"'"$command"'\\\\"|' \\
                /jinn/configs/network.json >/jinn/configs/every-way.json
            peer serve tcp:127.0.0.1:7000 &
            (
                peer serve unix:/tmp/network.vsock_7001 &&
                    peer send tcp:127.0.0.1:8080 %d &&
                    peer send unix:/tmp/network.vsock@7002 %d
                echo "host: $?"
            ) &
            jinn run --doorbells=PATH /jinn/configs/every-way.json
            code=$?
            wait
            echo "left: $(pidof passt | wc -w) passt, $(ls /tmp/network.vsock 2>/dev/null | wc -l) sockets"
            exit $code
            """.formatted(BYTES, BYTES);

    private static final String MAKE_TAPS = """
            while read -r module; do
                insmod /lib/modules/$module.ko
            done </lib/modules/network-order
            ip link add br0 type bridge
            ip link set br0 up
            tunctl -t tap0
            peer tap tap1
            for tap in tap0 tap1; do
                ip link set $tap master br0
                ip link set $tap up
            done
            """;

    /** The second guest has two CPUs and two pairs of queues, and sends from each. */
    private static final String RUN_TWO_GUESTS = """
            guest() {
                printf '{"name": "%%s", "machine": {"cpus": %%d, "memory": "128MiB"}, "boot": {' "$1" "$3"
                printf '"kernel": "/jinn/build/guests/linux/Image", "initrd": "/jinn/build/guests/linux/initrd.cpio",'
                printf '"cmdline": "console=ttyAMA0 loglevel=4 jinn.autorun=\\\\"%%s\\\\""},' "$4"
                printf '"devices": [{"type": "net", "backend": "tap", "tap": "%%s", "queues": %%d}]}' "$2" "$3"
            }
            up='ip link set eth0 up; ip addr add 10.0.0'
            guest one tap0 1 "$up.1/24 dev eth0; peer serve tcp:0.0.0.0:7000 2" >/tmp/one.json
            send='peer send tcp:10.0.0.1:7000 %d'
            guest two tap1 2 "$up.2/24 dev eth0; taskset 1 $send; taskset 2 $send" >/tmp/two.json
            jinn run /tmp/one.json </dev/null >/tmp/one.log 2>&1 &
            one=$!
            jinn run --doorbells=userspace --report=/tmp/two.report /tmp/two.json </dev/null
            code=$?
            wait $one
            cat /tmp/one.log /tmp/two.report
            exit $code
            """.formatted(5 * BYTES);

    private static final String TRY_WITHOUT = """
            try() {
                echo '{"boot": {"kernel": "/jinn/build/guests/hello.bin"}, "devices": ['"$1"']}' >/tmp/try.json
                jinn run /tmp/try.json
                echo "exit: $?"
            }
            try '{"type": "net", "backend": "tap", "tap": "tap7"}'
            PATH=/bin:/usr/lib/jvm/bin /usr/bin/jinn run /jinn/configs/network.json
            echo "exit: $?"
            """;

    private static Map<String, Result> results;

    @BeforeParameterizedClassInvocation
    static void boot(LabHypervisor hypervisor) throws Exception {
        results = hypervisor
                .machine()
                .command("prepare", "cat >/tmp/every-way <<'EOF'\n" + EVERY_WAY + "\nEOF\n")
                .command("kernel", RUN_EVERY_WAY.replace("PATH", "kernel"))
                .command("userspace", RUN_EVERY_WAY.replace("PATH", "userspace"))
                .command("taps", MAKE_TAPS + RUN_TWO_GUESTS)
                .command("without", TRY_WITHOUT)
                .run();
    }

    @ParameterizedTest
    @ValueSource(strings = {"kernel", "userspace"})
    void streamsGoThroughPasstAndVsockInBothDirections(String path) {
        Result result = results.get(path);
        result.assertEnds(0, "guest: exit 0", "host: 0", "left: 0 passt, 0 sockets");
        assertEquals(4, count(result, "peer: " + BYTES + " bytes the same"), result::output);
    }

    private static long count(Result result, String text) {
        return Pattern.compile(text).matcher(result.output()).results().count();
    }

    @Test
    void twoGuestsExchangeStreamsThroughTaps() {
        Result taps = results.get("taps");
        taps.assertEnds(0, "vm two: guest powered off", "vm one: guest powered off");
        assertEquals(2, count(taps, "peer: " + 5 * BYTES + " bytes the same"), taps::output);
        assertEquals(2, count(taps, "peer: echoed " + 5 * BYTES + " bytes"), taps::output);
    }

    /**
     * A driver sends from the queue of the CPU, and the tap answers a stream on the pair that it was last sent on. That
     * changes: the process sends from its CPU, and what acknowledges from the CPU that has the device's one interrupt.
     * So of the four streams, in frames of 64 KiB at most, each queue has a good part, not one of its own.
     */
    @Test
    void everyCpuOfAGuestHasItsPairOfQueues() {
        Result taps = results.get("taps");
        for (int queue = 0; queue < 4; queue++) {
            long frames = taps.number("\"name\" : \"net0/" + queue + "\",\\s*\"frames\" : (\\d+)");
            assertTrue(frames > 5 * BYTES / 65536 / 10, "net0/" + queue + ": " + frames + " frames");
        }
        assertEquals(1, taps.number("\"name\" : \"net0/4\",[^}]*\"requests\" : (\\d+)"), "pairs were set");
    }

    @Test
    void whatIsMissingIsExplained() {
        results.get("without")
                .assertEnds(
                        0,
                        "cannot find the interface tap7: make it with 'ip tuntap add tap7 mode tap user root'",
                        "cannot start passt: no such file or entry (ENOENT); install it with 'apt install passt'");
    }
}
