package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Boots the Linux guest of configs/disk.json, which reads its disk, and counts what the disk's interrupts cost. */
final class RegistersIT {

    private static final int REQUESTS = 1000;

    /** Runs the guest, which makes $2 requests one after the other, with the option $3; its name is $1. */
    private static final String READ = """
            read_disk() {
                script="dd if=/dev/vda of=/dev/null bs=4k count=$2 iflag=direct"
                sed -e 's|jinn.console=hvc0|jinn.console=hvc0 jinn.autorun=\\\\"'"$script"'\\\\"|' \\
                    -e 's|"terminal"|"output"|' -e 's|"name": "disk"|"name": "'$1'"|' \\
                    /jinn/configs/disk.json >/jinn/configs/$1.json
                jinn run $3 --report=/tmp/$1.json /jinn/configs/$1.json && cat /tmp/$1.json
            }
            """;

    @ParameterizedTest
    @EnumSource(LabHypervisor.class)
    void interruptsCostNoExitToUserSpace(LabHypervisor hypervisor) throws Exception {
        Map<String, Result> results = hypervisor
                .machine()
                // Two Linux guests on one emulated CPU each.
                .moreSeconds(600)
                .command("kernel", READ + "read_disk kernel " + REQUESTS)
                .command("userspace", READ + "read_disk userspace 50 --doorbells=userspace")
                .run();

        Result kernel = results.get("kernel");
        kernel.assertEnds(0, "guest: exit 0", "vm kernel: guest powered off");
        long acknowledged =
                kernel.number("\"name\" : \"block2\",\\s+\"registers\" : \"memory\",\\s+\"reason\" : \"\",\\s+"
                        + "\"statusReads\" : 0,\\s+\"kernelAcks\" : (\\d+),\\s+\"userspaceAcks\" : 0\\s");
        assertTrue(acknowledged >= REQUESTS, acknowledged + " acknowledgements of " + REQUESTS + " requests");
        long exits = Pattern.compile("\"mmio\" : (\\d+)")
                .matcher(kernel.output())
                .results()
                .mapToLong(match -> Long.parseLong(match.group(1)))
                .sum();
        assertTrue(exits < REQUESTS, exits + " MMIO exits in all, with " + REQUESTS + " requests");

        Result userspace = results.get("userspace");
        userspace.assertEnds(0, "guest: exit 0", "\"reason\" : \"the user-space path was asked for\"");
        long reads = userspace.number(
                "\"name\" : \"block2\",\\s+\"registers\" : \"userspace\",\\s+\"reason\" : \"[^\"]+\",\\s+"
                        + "\"statusReads\" : (\\d+)");
        assertTrue(reads >= 50, reads + " reads of InterruptStatus");
    }
}
