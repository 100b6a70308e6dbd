package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Boots the Linux guest of configs/disk.json, whose disk outlives it. One boot of the lab for each hypervisor serves all
 * tests; the commands run in their order on the same disk.
 */
@ParameterizedClass
@EnumSource(LabHypervisor.class)
final class DiskIT {

    /** What the machine is made with, before the tests. */
    @Parameter
    LabHypervisor hypervisor;

    /** Data written, flushed and compared; {@code make test-boot DISK_MIB=256} for more. */
    private static final int MIB =
            Integer.parseInt(Optional.ofNullable(System.getenv("DISK_MIB")).orElse("64"));

    /**
     * Makes describe NAME SCRIPT [SED]: a copy of the shipped config whose guest runs the script, with the sed commands
     * applied. The script has no double quotes, wildcards, '|' or '&'.
     */
    private static final String DESCRIBE = """
            describe() {
                script=$(echo $2)
                sed -e 's|jinn.console=hvc0|jinn.console=hvc0 jinn.autorun=\\\\"'"$script"'\\\\"|' \\
                    -e 's|"terminal"|"output"|' -e 's|"name": "disk"|"name": "'$1'"|' -e "$3" \\
                    /jinn/configs/disk.json >/jinn/configs/$1.json
            }
            disk=/jinn/build/guests/linux/disk.raw
            """;

    private static final String FILL = DESCRIBE + """
            describe fill 'mount /dev/vda /mnt; dd if=/dev/urandom of=/mnt/data bs=1M count=MIB 2>/dev/null;
                cd /mnt; sha256sum data >sum; cat sum; sync; echo disk: flushed; sleep 9999'
            jinn run /jinn/configs/fill.json >/tmp/fill.log 2>&1 &
            pid=$!
            await "grep -q 'disk: flushed' /tmp/fill.log"
            jinn run /jinn/configs/disk.json
            echo "second user: $?"
            kill -KILL $pid
            wait $pid
            echo "killed: $?"
            cat /tmp/fill.log
            """.replace("MIB", Integer.toString(MIB));

    private static final String COMPARE = DESCRIBE + """
            describe compare 'mount /dev/vda /mnt; cd /mnt; sha256sum -c sum'
            jinn run /jinn/configs/compare.json
            """;

    /**
     * Both vCPUs read past their page cache, so that both queues are used, each on a loop of its own; the VMM rings all
     * doorbells itself.
     */
    private static final String QUEUES = DESCRIBE + """
            describe queues 'echo queues $(ls /sys/block/vda/mq) of $(cat /sys/block/vda/serial);
                for cpu in 1 2; do taskset $cpu dd if=/dev/vda of=/dev/null bs=4k count=50 iflag=direct; done' \\
                's|"devices"|"loops": [{"name": "second", "serves": ["block2/1"]}], &|'
            jinn run --doorbells=userspace /jinn/configs/queues.json
            """;

    private static final String TRIM = DESCRIBE + """
            describe trim 'mount /dev/vda /mnt; rm /mnt/data; sync; fstrim /mnt; umount /mnt'
            echo "before: $(du -k $disk | cut -f 1)"
            jinn run /jinn/configs/trim.json
            echo "after: $(du -k $disk | cut -f 1)"
            """;

    private static final String READ_ONLY = DESCRIBE + """
            describe read-only 'cat /sys/block/vda/ro; mount -r /dev/vda /mnt; cat /mnt/sum; umount /mnt;
                dd if=/dev/zero of=/dev/vda count=1; blkdiscard -f /dev/vda; echo end' 's|"queues"|"readonly": true, &|'
            touch /tmp/before
            jinn run /jinn/configs/read-only.json
            [ $disk -nt /tmp/before ] || echo 'disk: unchanged'
            """;

    private static final String FULL = DESCRIBE + """
            mkdir -p /tmp/small && mount -t tmpfs -o size=4m tmpfs /tmp/small && truncate -s 64M /tmp/small/disk.raw
            describe full 'dd if=/dev/zero of=/dev/vda bs=1M count=8 oflag=direct;
                dd if=/dev/vda of=/dev/null bs=1M count=8 iflag=direct; echo end' 's|[^"]*/disk.raw|/tmp/small/disk.raw|'
            jinn run /jinn/configs/full.json
            """;

    private static Map<String, Result> results;

    @BeforeParameterizedClassInvocation
    static void boot(LabHypervisor hypervisor) throws Exception {
        results = hypervisor
                .machine()
                // Random numbers, two hashes and a file system on one emulated CPU.
                .moreSeconds(10 * MIB)
                .command("check", "jinn check /jinn/configs/disk.json")
                .command("fill", FILL)
                .command("compare", COMPARE)
                .command("queues", QUEUES)
                .command("trim", TRIM)
                .command("read-only", READ_ONLY)
                .command("full", FULL)
                .run();
    }

    @Test
    void theShippedConfigIsInOrder() {
        results.get("check").assertEnds(0, "vm disk: 2 vCPUs, 256 MiB, 3 devices");
    }

    @Test
    void whatTheGuestHasFlushedSurvivesTheEndOfJinn() {
        Result fill = results.get("fill");
        fill.assertEnds(0, "disk: flushed", "killed: 137");
        results.get("compare").assertEnds(0, "data: OK", "guest: exit 0", "vm compare: guest powered off");
    }

    @Test
    void aSecondVmIsToldWhoHasTheDisk() {
        results.get("fill").assertEnds(0, "disk.raw: process ", " (java) uses it; ", "second user: 1");
    }

    @Test
    void everyVcpuHasItsQueueAndUserSpaceCanRingBoth() {
        Result result = results.get("queues");
        result.assertEnds(0, "queues 0 1 of data", "guest: exit 0");
        for (int queue = 0; queue < 2; queue++) {
            long rings =
                    result.number("(?m)^block2/" + queue + " +0x0a002050 +4 +0x" + queue + " +userspace +0 +(\\d+)");
            assertTrue(rings >= 50, "queue " + queue + ": " + rings);
        }
    }

    @Test
    void theDriverRingsTheQueuesWithoutUserSpace() {
        long rings = results.get("compare").number("(?m)^block2/0 +0x0a002050 +4 +0x0 +kernel +(\\d+) +0$");
        assertTrue(rings > 0, "block2/0: " + rings);
    }

    @Test
    void discardedBlocksGiveTheirSpaceBack() {
        Result result = results.get("trim");
        result.assertEnds(0, "guest: exit 0");
        long before = result.number("before: (\\d+)");
        long after = result.number("after: (\\d+)");
        assertTrue(before > MIB * 1024L && after < 16 * 1024L, before + " KiB, then " + after);
    }

    @Test
    void aReadOnlyDiskIsReadAndNotWritten() {
        Result result = results.get("read-only");
        result.assertEnds(0, "  data", "dd: ", "end", "guest: exit 0", "disk: unchanged");
        assertTrue(Pattern.compile("(?m)^1\r?$").matcher(result.output()).find(), result.output());
    }

    @Test
    void aFullFileSystemIsAnErrorInTheGuestAndALineForTheUser() {
        Result result = results.get("full");
        result.assertEnds(0, "no space left (ENOSPC); the guest gets an I/O error", "guest: exit 0");
        result.assertEnds(0, "error writing '/dev/vda'", "8+0 records out");
    }
}
