package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import jinn.cli.LabBoot.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Linux guests with devices that concern the host's files and memory: virtiofs, a disk of another process, and the
 * balloon. One boot for each hypervisor serves all tests.
 */
@ParameterizedClass
@EnumSource(LabHypervisor.class)
final class OutsideIT {

    /** What the machine is made with, before the tests. */
    @Parameter
    LabHypervisor hypervisor;

    private static final String MACHINE = """
            "machine": {"memory": "256MiB"}, "boot": {
              "kernel": "/jinn/build/guests/linux/Image", "initrd": "/jinn/build/guests/linux/initrd.cpio",
              "cmdline": "console=ttyAMA0 loglevel=4 jinn.autorun=\\"$1\\""}""";

    private static final String WRITE_CONFIGS = """
            mkdir -p /tmp/share
            echo 'from the host' >/tmp/share/hello
            describe() {
                echo '{"name": "'$2'", %s, "devices": ['"$3"']}' | sed "s|\\$1|$1|" >/tmp/$2.json
            }
            describe 'mount -t virtiofs share /mnt; cat /mnt/hello; sha256sum /mnt/big; echo from the guest >/mnt/reply; umount /mnt' \
                fs '{"type": "fs", "tag": "share", "path": "/tmp/share"}'
            describe 'head -c 4m /dev/vda >/tmp/head; sha256sum /tmp/head; dd if=/tmp/head of=/dev/vda bs=1M seek=8 conv=fsync' \
                storage '{"type": "vhost-user", "device": "block", "socket": "/tmp/storage.sock"}'
            describe 'while true; do sleep 1; done' balloon '{"type": "balloon"}'
            head -c 8m /dev/urandom >/tmp/share/big
            """.formatted(MACHINE.replace("\n", " "));

    /** Serves a disk of 16 MiB, the first four of them random. */
    private static final String SERVE_DISK = """
            cd / && cpio -idm </lab/storage.cpio 2>/dev/null
            head -c 4m /dev/urandom >/tmp/disk.raw
            truncate -s 16M /tmp/disk.raw
            qemu-storage-daemon --blockdev driver=file,node-name=disk,filename=/tmp/disk.raw \
                --export type=vhost-user-blk,id=disk,node-name=disk,addr.type=unix,addr.path=/tmp/storage.sock,writable=on &
            await '[ -S /tmp/storage.sock ]'
            """;

    /** Runs the guest, compares what it has written with what it has read, and takes its writing away again. */
    private static final String USE_DISK = """
            head -c 4m /tmp/disk.raw | sha256sum | sed 's/-$/of the host/'
            jinn run %s /tmp/storage.json
            echo "run: $?"
            tail -c 8m /tmp/disk.raw | head -c 4m | sha256sum | sed 's/-$/written/'
            head -c 4m /dev/zero | dd of=/tmp/disk.raw bs=1M seek=8 conv=notrunc 2>/dev/null
            """;

    /** Asks the guest for memory and gives it back. That something is asked for is shown before anything is given. */
    private static final String INFLATE = """
            jinn run /tmp/balloon.json >/tmp/balloon.log 2>&1 &
            pid=$!
            await 'jinn ps | grep -q balloon'
            jinn balloon balloon 64MiB >/dev/null
            await "jinn balloon balloon | grep -q '^given *64 MiB$'"
            jinn balloon balloon
            jinn balloon balloon 0 >/dev/null
            await "jinn balloon balloon | grep -q '^given *0 B$'"
            jinn balloon balloon
            jinn stop balloon
            wait $pid
            echo "run: $?"
            """;

    /** The VM's end must leave the daemon alone: it is not Jinn's. */
    private static final String KILL_DAEMON = """
            killall qemu-storage-daemon && echo 'the daemon was there'
            """;

    private static Map<String, Result> results;

    @BeforeParameterizedClassInvocation
    static void boot(LabHypervisor hypervisor) throws Exception {
        results = hypervisor
                .machine()
                .command("configs", WRITE_CONFIGS)
                .command("fs", "sha256sum /tmp/share/big; jinn run /tmp/fs.json; cat /tmp/share/reply")
                .command(
                        "userspace",
                        "rm /tmp/share/reply; jinn run --doorbells=userspace /tmp/fs.json; cat /tmp/share/reply")
                .file("build/lab/storage.cpio", "/lab/storage.cpio")
                .command("storage", SERVE_DISK + USE_DISK.formatted(""))
                .command("storage-userspace", USE_DISK.formatted("--doorbells=userspace") + KILL_DAEMON)
                .command("storage-missing", "jinn run /tmp/storage.json")
                .command("balloon", INFLATE)
                .command("left", "pidof virtiofsd; ls -d /tmp/jinn-fs-*")
                .run();
    }

    @Test
    void aGuestReadsAndWritesADirectoryOfTheHost() {
        assertShares(results.get("fs"), "fs0/1 .* kernel +0 ");
    }

    @Test
    void theBackendIsRungFromUserSpaceToo() {
        assertShares(results.get("userspace"), "fs0/1 .* userspace +0 +[1-9]");
    }

    private static void assertShares(Result result, String doorbell) {
        result.assertEnds(0, "from the host", "from the guest", "guest powered off");
        assertTrue(result.output().lines().anyMatch(line -> line.matches(doorbell + ".*")), result::output);
    }

    @Test
    void whatTheGuestReadsIsWhatTheHostHas() {
        String output = results.get("fs").output();
        String sum = output.lines()
                .filter(line -> line.endsWith("  /tmp/share/big"))
                .findFirst()
                .orElseThrow();
        assertTrue(output.contains(sum.replace("/tmp/share/big", "/mnt/big")), output);
    }

    @Test
    void aGuestReadsAndWritesADiskOfAnotherProcess() {
        assertServesDisk(results.get("storage"), "block0/0 .* kernel +0 .*");
    }

    @Test
    void theStorageDaemonIsRungFromUserSpaceToo() {
        assertServesDisk(results.get("storage-userspace"), "block0/0 .* userspace +0 +[1-9].*");
        results.get("storage-userspace").assertEnds(0, "the daemon was there");
    }

    private static void assertServesDisk(Result result, String doorbell) {
        result.assertEnds(0, "guest powered off", "run: 0");
        assertTrue(result.output().lines().anyMatch(line -> line.matches(doorbell)), result::output);
        String sum = result.output()
                .lines()
                .filter(line -> line.endsWith("  of the host"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElseThrow();
        result.assertEnds(0, sum + "  /tmp/head", sum + "  written");
    }

    @Test
    void aMissingBackendIsToldInOneLine() {
        results.get("storage-missing").assertEnds(1, "block0: cannot connect", "; start the back-end first");
    }

    @Test
    void theBalloonTakesMemoryAndGivesItBack() {
        results.get("balloon")
                .assertEnds(
                        0,
                        "given                        64 MiB",
                        "given                        0 B",
                        "vm balloon: stopped, because the guest has no driver for the power button, after ",
                        "run: 130");
    }

    @Test
    void nothingIsLeftOfTheBackends() {
        results.get("left").assertEnds(1);
    }
}
