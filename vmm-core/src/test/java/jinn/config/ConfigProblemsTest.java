package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jinn.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One row a problem: the JSON text and the one line that the user reads, after the file's name. */
final class ConfigProblemsTest {

    private static final String BOOT = "'boot': {'kernel': 'Image'}";

    private static final String FREE = "; free for doorbells is 0x0b000000-0x0bffffff";

    @TempDir
    private Path directory;

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("", "1:1: $: not JSON: the file is empty"),
                arguments("{", "1:2: $: not JSON: the file ends inside of a value"),
                arguments(
                        "{'name' 7}",
                        "1:9: $: not JSON: unexpected character ('7' (code 55)): was expecting a colon to separate"
                                + " property name and value"),
                arguments(
                        "\u001b[31m",
                        "1:1: $: not JSON: illegal character ((CTRL-CHAR, code 27)): only regular white space (\\r,"
                                + " \\n, \\t) is allowed between tokens"),
                arguments(
                        "{'a': tru\u001b}",
                        "1:7: $: not JSON: unrecognized token 'tru\\u001b': was expecting (JSON String, Number, Array, Object or token"
                                + " 'null', 'true' or 'false')"),
                arguments("{} {}", "1:4: $: not JSON: something follows the closing brace"),
                arguments("{'name': 'a',\n 'name': 'b'}", "2:2: $.name: duplicate key: \"name\" stands here again"),
                arguments("[]", "1:1: $: [...]: must be an object, not an array"),
                arguments("7", "1:1: $: 7: must be an object, not a number"));
    }

    static Stream<Arguments> actions() {
        String words = "\"count\", \"log\", \"pause\", \"shutdown\", or an object with \"java\", \"run\" or \"send\"";
        String command = ": must be an array of strings: the program and its arguments, as in [\"/usr/bin/logger\","
                + " \"rung\"]";
        return Stream.of(
                action("'shutdwn'", "action: \"shutdwn\": must be " + words + "; did you mean shutdown?"),
                action("7", "action: 7: must be " + words),
                action("{}", "action: must have one of \"java\", \"run\" and \"send\""),
                action("{'run': ['a'], 'send': 'b'}", "action: must have one of \"java\", \"run\" and \"send\""),
                action("{'run': []}", "action.run" + command),
                action("{'run': ['a', 7]}", "action.run" + command),
                action("{'run': ['./Image']}", "action.run: \"./Image\": must be a program that this user may run"),
                action(
                        "{'send': ''}",
                        "action.send: \"\": must be the path of a Unix socket, at most 107 bytes when absolute"));
    }

    private static Arguments action(String action, String problem) {
        String json = "{" + BOOT + ", 'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action':\n"
                + action + "}]}";
        return arguments(
                json,
                (problem.startsWith("action:") ? "2:1" : problem.startsWith("action.send") ? "2:10" : "2:9")
                        + ": $.doorbells[0]." + problem);
    }

    static Stream<Arguments> logging() {
        return Stream.of(
                arguments(
                        "{" + BOOT + ", 'logging': {'level': 'warn'}}",
                        "1:52: $.logging.level: \"warn\": must be \"warning\", \"info\" or \"debug\"; did you mean warning?"),
                arguments(
                        "{" + BOOT + ", 'logging': {'file': '/nowhere/a'}}",
                        "1:51: $.logging.file: \"/nowhere/a\": must be a file in a directory that exists"),
                arguments(
                        "{" + BOOT + ", 'logging': {'file': '/'}}",
                        "1:51: $.logging.file: \"/\": must be a file in a directory that exists"),
                arguments(
                        "{" + BOOT + ", 'logging': true}", "1:42: $.logging: true: must be an object, not a boolean"));
    }

    static Stream<Arguments> loops() {
        String rng = "{" + BOOT + ", 'devices': [{'type': 'rng'}], ";
        return Stream.of(
                arguments(rng + "'loops': [{'serves': []}]}", "1:71: $.loops[0].name: missing: must be a string"),
                arguments(
                        rng + "'loops': [{'name': 'a', 'poll-us': 100001}]}",
                        "1:96: $.loops[0].poll-us: 100001: must be 0 to 100000 microseconds"),
                arguments(
                        rng + "'loops': [{'name': 'a'}, {'name': 'a'}]}",
                        "1:95: $.loops[1].name: \"a\": must be unique, but an earlier loop has it too"),
                arguments(
                        rng + "'loops': [{'name': 'a', 'serves': ['rng1']}]}",
                        "1:96: $.loops[0].serves[0]: \"rng1\": must be a device or a doorbell of this VM (rng0);"
                                + " did you mean rng0?"),
                arguments(
                        "{" + BOOT + ", 'loops': [{'name': 'a', 'serves': ['bell']}]}",
                        "1:66: $.loops[0].serves[0]: \"bell\": must be a device or a doorbell of this VM (it has none)"),
                arguments(
                        rng + "'loops': [{'name': 'a', 'serves': ['rng0', 'rng0']}]}",
                        "1:104: $.loops[0].serves[1]: \"rng0\": must be served once, but $.loops[0].serves[0] names it"
                                + " too"));
    }

    static Stream<Arguments> types() {
        return Stream.of(
                arguments("{" + BOOT + ", 'name': 7}", "1:39: $.name: 7: must be a string"),
                arguments(
                        "{" + BOOT + ", 'machine': 'big'}",
                        "1:42: $.machine: \"big\": must be an object, not a string"),
                arguments(
                        "{" + BOOT + ", 'machine': {'cpus': '2'}}",
                        "1:51: $.machine.cpus: \"2\": must be a whole number"),
                arguments(
                        "{" + BOOT + ", 'machine': {'cpus': 1.5}}",
                        "1:51: $.machine.cpus: 1.5: must be a whole number"),
                arguments(
                        "{" + BOOT + ", 'machine': {'cpus': 99999999999}}",
                        "1:51: $.machine.cpus: 99999999999: must be a whole number"),
                arguments("{" + BOOT + ", 'devices': {}}", "1:42: $.devices: {...}: must be an array"),
                arguments("{" + BOOT + ", 'devices': [null]}", "1:43: $.devices[0]: null: must be an object, not null"),
                arguments(
                        "{" + BOOT + ", 'a\\nb': 1}",
                        "1:31: $.\"a\\u000ab\": unknown key: must be one of $schema,"
                                + " boot, devices, doorbells, hypervisor, logging, loops, machine, name, protection, serial, version"));
    }

    static Stream<Arguments> sections() {
        return Stream.of(
                arguments("{}", "1:1: $.boot: missing: must be an object with the kernel to boot"),
                arguments("{'boot': {}}", "1:10: $.boot.kernel: missing: must be the path of an arm64 Image"),
                arguments(
                        "{'boot': {'kernel': 'Image', 'dtb': 'none'}}",
                        "1:37: $.boot.dtb: \"none\": must be a file that can be read, but \"DIR/none\" does not exist"),
                arguments(
                        "{'boot': {'kernel': 'Image', 'overlays': ['Image', 'none']}}",
                        "1:52: $.boot.overlays[1]: \"none\": must be a file that can be read, but \"DIR/none\" does"
                                + " not exist"),
                arguments(
                        "{'boot': {'kernel': 'Image', 'overlays': [{}]}}",
                        "1:43: $.boot.overlays[0]: {...}: must be a string, the path of a file"),
                arguments(
                        "{" + BOOT + ", 'machine': {'cpus': 9}}",
                        "1:51: $.machine.cpus: 9: must be 1 to 8, the most that the driver takes"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': '8MiB'}}",
                        "1:53: $.machine.memory: 8MiB: must be 16MiB to 64GiB, a multiple of 4KiB"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': '16385KiB'}}",
                        "1:53: $.machine.memory: 16385KiB: must be 16MiB to 64GiB, a multiple of 4KiB"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': 256}}",
                        "1:53: $.machine.memory: 256: must be a size with its unit (KiB, MiB, GiB), as in \"512MiB\";"
                                + " did you mean \"256MiB\"?"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': 268435456}}",
                        "1:53: $.machine.memory: 268435456: must be a size with its unit (KiB, MiB, GiB), as in"
                                + " \"512MiB\"; 268435456 bytes are \"256MiB\""),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': '1 gb'}}",
                        "1:53: $.machine.memory: \"1 gb\": must be a size with its unit (KiB, MiB, GiB), as in"
                                + " \"512MiB\"; did you mean \"1GiB\"?"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': 'much'}}",
                        "1:53: $.machine.memory: \"much\": must be a size with its unit (KiB, MiB, GiB), as in"
                                + " \"512MiB\""),
                arguments(
                        "{" + BOOT + ", 'version': 2, 'color': 'red'}",
                        "1:42: $.version: 2: needs a newer Jinn; this one reads files up to version 1"),
                arguments("{" + BOOT + ", 'version': 0}", "1:42: $.version: 0: must be 1"),
                arguments("{" + BOOT + ", 'version': '1'}", "1:42: $.version: \"1\": must be a whole number"),
                arguments("{" + BOOT + ", '$schema': 1}", "1:42: $.\"$schema\": 1: must be a string"),
                arguments(
                        "{" + BOOT + ", 'doorbels': []}",
                        "1:31: $.doorbels: unknown key: must be one of $schema, boot, devices, doorbells,"
                                + " hypervisor, logging, loops, machine, name, protection, serial, version; did you mean doorbells?"),
                arguments(
                        "{" + BOOT + ", 'hypervisor': 'xen'}",
                        "1:45: $.hypervisor: \"xen\": must be \"auto\", \"gzvm\" or \"kvm\""),
                arguments(
                        "{" + BOOT + ", 'hypervisor': 'gvzm'}",
                        "1:45: $.hypervisor: \"gvzm\": must be \"auto\", \"gzvm\" or \"kvm\"; did you mean gzvm?"),
                arguments("{" + BOOT + ", 'hypervisor': 1}", "1:45: $.hypervisor: 1: must be a string"),
                arguments(
                        "{" + BOOT + ", 'protection': {'mode': 'protect'}}",
                        "1:54: $.protection.mode: \"protect\": must be \"none\" or \"protected\"; did you mean"
                                + " protected?"),
                arguments(
                        "{" + BOOT + ", 'protection': {'swiotlb': '3MiB'}}",
                        "1:57: $.protection.swiotlb: 3MiB: must be 2MiB to 1GiB, a multiple of 2MiB"),
                arguments(
                        "{" + BOOT + ", 'machine': {'memory': '24MiB'}, 'protection': {'mode': 'protected'}}",
                        "1:77: $.protection.swiotlb: 16MiB: must leave 16MiB of the machine's memory of 24MiB"),
                arguments(
                        "{" + BOOT + ", 'machine': {'mem': '1GiB'}}",
                        "1:43: $.machine.mem: unknown key: must be one of cpus, memory; did you mean memory?"),
                arguments(
                        "{'boot': {'kernel': 'Image', 'cmdline': 'a\\u0000b'}}",
                        "1:41: $.boot.cmdline: \"a\\u0000b\": must not have a NUL character"),
                arguments(
                        "{'boot': {'kernel': 'Image', 'cmdline': '" + "x".repeat(2048) + "'}}",
                        "1:41: $.boot.cmdline: 2048 bytes: must be at most 2047 bytes"),
                arguments(
                        "{" + BOOT + ", 'serial': {'target': 'tty'}}",
                        "1:52: $.serial.target: \"tty\": must be \"terminal\", \"output\" or \"none\""),
                arguments(
                        "{" + BOOT + ", 'serial': {'target': 'Terminl'}}",
                        "1:52: $.serial.target: \"Terminl\": must be \"terminal\", \"output\" or \"none\"; did you"
                                + " mean terminal?"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'consle'}]}",
                        "1:52: $.devices[0].type: \"consle\": must be one of \"balloon\", \"block\", \"console\", \"fs\", \"java\", \"net\", \"rng\", \"vhost-user\", \"vsock\"; did you mean"
                                + " console?"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'disk'}]}",
                        "1:52: $.devices[0].type: \"disk\": must be one of \"balloon\", \"block\", \"console\", \"fs\", \"java\", \"net\", \"rng\", \"vhost-user\", \"vsock\""),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'fs', 'tag': 'a'}]}",
                        "1:43: $.devices[0].path: neither \"path\" nor \"socket\": must be one of them"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'fs', 'tag': '', 'socket': 's'}]}",
                        "1:65: $.devices[0].tag: \"\": must be 1 to 36 bytes without a NUL character"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'vhost-user', 'device': 'blok', 'socket': 's'}]}",
                        "1:76: $.devices[0].device: \"blok\": must be one of \"block\", \"gpio\", \"i2c\", \"net\","
                                + " \"rng\", \"scsi\", \"sound\", \"vsock\"; did you mean block?"),
                arguments(
                        "{" + BOOT
                                + ", 'devices': [{'type': 'vhost-user', 'device': 'net', 'socket': 's', 'queues': 9}]}",
                        "1:108: $.devices[0].queues: 9: must be 1 to 8"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'balloon', 'deflate-on-oom': 1}]}",
                        "1:81: $.devices[0].deflate-on-oom: 1: must be true or false"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'java', 'provider': 'lamp'}]}",
                        "1:43: $.devices[0].jar: missing: must be the path of a jar"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'java', 'jar': 'Image'}]}",
                        "1:43: $.devices[0].provider: missing: must be the name of a provider in the jar"),
                arguments(
                        "{" + BOOT
                                + ", 'devices': [{'type': 'java', 'jar': 'Image', 'provider': 'a', 'settings': {'b': true}}]}",
                        "1:111: $.devices[0].settings.b: true: must be a string or a whole number"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'net', 'mac': 'x'}]}",
                        "1:66: $.devices[0].mac: \"x\": must be the address of one interface, as in \"52:54:00:12:34:56\", with an even first byte"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'net', 'mtu': 67}]}",
                        "1:66: $.devices[0].mtu: 67: must be 68 to 65520 bytes"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'net', 'tap': 'tap0'}]}",
                        "1:66: $.devices[0].tap: only with the backend \"tap\""),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'net', 'backend': 'tap'}]}",
                        "1:43: $.devices[0].tap: missing: must be the name of the host's interface, because the backend is \"tap\""),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'net', 'forward': {'tcp': ['0']}}]}",
                        "1:79: $.devices[0].forward.tcp[0]: \"0\": must be a port of the host from 1 to 65535, and the guest's if it is another: \"80\", \"8080:80\", \"127.0.0.1/8080:80\" or ranges as \"8000-8009:80-89\""),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'vsock', 'path': '/'}]}",
                        "1:69: $.devices[0].path: \"/\": must be in a directory that exists"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'vsock', 'path': '/no/such/socket'}]}",
                        "1:69: $.devices[0].path: \"/no/such/socket\": must be in a directory that exists"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'vsock'}]}",
                        "1:43: $.devices[0].path: missing: must be the path of the Unix socket that leads to the guest"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'vsock', 'cid': 2, 'path': 'a'}]}",
                        "1:68: $.devices[0].cid: 2: must be 3 to 2147483647; those below have other meanings"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'console', 'ports': [{'name': 'a/b', 'socket': 'a'}]}]}",
                        "1:82: $.devices[0].ports[0].name: \"a/b\": must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'console', 'ports': [{'name': 'a'}]}]}",
                        "1:73: $.devices[0].ports[0].socket: neither \"socket\" nor \"file\": must be one of them"),
                arguments(
                        "{" + BOOT
                                + ", 'devices': [{'type': 'console', 'ports': [{'name': 'a', 'file': '/no/such/log'}]}]}",
                        "1:95: $.devices[0].ports[0].file: \"/no/such/log\": must be in a directory that exists"),
                arguments(
                        "{" + BOOT
                                + ", 'devices': [{'type': 'console', 'ports': [{'name': 'a', 'file': 'b'}, {'name': 'a', 'file': 'c'}]}]}",
                        "1:110: $.devices[0].ports[1].name: \"a\": must be unique, but an earlier port has it too"),
                arguments(
                        "{" + BOOT + ", 'devices': [{'type': 'rng', 'target': 'none'}]}",
                        "1:59: $.devices[0].target: unknown key: must be one of type"),
                arguments(
                        "{" + BOOT + ", 'serial': {'target': 'terminal'},\n"
                                + "'devices': [{'type': 'console', 'target': 'terminal'}]}",
                        "2:43: $.devices[0].target: \"terminal\": must be on one console only, but $.serial.target"
                                + " has it"));
    }

    static Stream<Arguments> doorbells() {
        return Stream.of(
                arguments(
                        "{'address': '0xb000000', 'length': 4}", "3:1: $.doorbells[0].name: missing: must be a string"),
                arguments(
                        "{'name': 'a', 'length': 4}",
                        "3:1: $.doorbells[0].address: missing: must be a hex string," + " as in \"0x0b000000\""),
                arguments(
                        "{'name': 'a', 'address': '0xb000000'}",
                        "3:1: $.doorbells[0].length: missing: must be 1, 2, 4 or 8 bytes, or 0 for a store of any"
                                + " length"),
                arguments(
                        "{'name': 'a', 'address': 184549376, 'length': 4}",
                        "3:26: $.doorbells[0].address: 184549376: must be a hex string of at most 64 bits, as in"
                                + " \"0x0b000000\"; 184549376 is \"0x0b000000\""),
                arguments(
                        "{'name': 'a', 'address': '0b000000', 'length': 4}",
                        "3:26: $.doorbells[0].address: \"0b000000\": must be a hex string of at most 64 bits, as in"
                                + " \"0x0b000000\"; did you mean \"0x0b000000\"?"),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 3}",
                        "3:49: $.doorbells[0].length: 3: must be 1, 2, 4 or 8 bytes, or 0 for a store of any length"),
                arguments(
                        "{'name': 'a', 'address': '0xb000002', 'length': 4}",
                        "3:26: $.doorbells[0].address: 0x0b000002: must be aligned to its length 4"),
                arguments(
                        "{'name': 'a', 'address': '0xffffffffffffffff', 'length': 1}",
                        "3:26: $.doorbells[0].address: 0xffffffffffffffff: must be below 0x10000000000"),
                arguments(
                        "{'name': 'a', 'address': '0x10000000000', 'length': 4}",
                        "3:26: $.doorbells[0].address: 0x10000000000: must be below 0x10000000000"),
                arguments(
                        "{'name': 'a', 'address': '0x9000000', 'length': 0}",
                        "3:26: $.doorbells[0].address: 0x09000000: doorbell \"a\" at 0x09000000 for any length"
                                + " must not lie on the PL011 UART at 0x09000000-0x09000fff" + FREE),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 1, 'match': '0x100'}",
                        "3:61: $.doorbells[0].match: 0x100: must fit into the length 1"),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 0, 'match': 0}",
                        "3:61: $.doorbells[0].match: 0x0: needs a length of 1, 2, 4 or 8; length 0 rings on any"
                                + " value"),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 4, 'match': -1}",
                        "3:61: $.doorbells[0].match: -1: must be a hex string, as in \"0x1\", or a whole number, of"
                                + " at most 64 bits"),
                arguments(
                        "{'name': 'a', 'address': '0x40000000', 'length': 4}",
                        "3:26: $.doorbells[0].address: 0x40000000: doorbell \"a\" at 0x40000000-0x40000003 must"
                                + " not lie on RAM at 0x40000000-0x4fffffff" + FREE),
                arguments(
                        "{'name': 'a', 'address': '0xa000050', 'length': 4}",
                        "3:26: $.doorbells[0].address: 0x0a000050: doorbell \"a\" at 0x0a000050-0x0a000053 must"
                                + " not lie on the free virtio-mmio slots at 0x0a000000-0x0a01ffff" + FREE),
                arguments(
                        "{'name': 'a', 'address': '0x8000ff8', 'length': 8}",
                        "3:26: $.doorbells[0].address: 0x08000ff8: doorbell \"a\" at 0x08000ff8-0x08000fff must"
                                + " not lie on the GIC distributor at 0x08000000-0x0800ffff" + FREE),
                arguments(
                        "{'name': 'a', 'address': '0x80bffff', 'length': 0}",
                        "3:26: $.doorbells[0].address: 0x080bffff: doorbell \"a\" at 0x080bffff for any length"
                                + " must not lie on the GIC redistributors at 0x080a0000-0x080bffff" + FREE),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 4},\n"
                                + "{'name': 'a', 'address': '0xb000004', 'length': 4}",
                        "4:10: $.doorbells[1].name: \"a\": must be unique, but $.doorbells[0] has it too"),
                arguments(
                        "{'name': 'a', 'address': '0xb000000', 'length': 4, 'match': 1},\n"
                                + "{'name': 'b', 'address': '0xb000000', 'length': 4, 'match': '0x1'}",
                        "4:26: $.doorbells[1].address: 0x0b000000: doorbell \"b\" at 0x0b000000-0x0b000003 for 0x1"
                                + " cannot be told apart from doorbell \"a\" at 0x0b000000-0x0b000003 for 0x1: must"
                                + " differ in address, in length (not 0), or in match"));
    }

    static Stream<Arguments> commandLines() {
        return Stream.of(
                arguments("console=ttyS0", "", "console=ttyS0", "ttyAMA0"),
                arguments(
                        "quiet console=hvc0",
                        "",
                        "console=hvc0",
                        "ttyAMA0; each device {\"type\": \"console\"} adds an hvc"),
                arguments(
                        "console=hvc1 -- console=hvc7",
                        "{'type': 'rng'}, {'type': 'console'}",
                        "console=hvc1",
                        "ttyAMA0 or hvc0; each device {\"type\": \"console\"} adds an hvc"),
                arguments("console=ttyAMA1,115200n8", "", "console=ttyAMA1,115200n8", "ttyAMA0"),
                arguments("a=\\\"console=hvc9 x\\\" console=tty0 console=ttyX", "", "console=ttyX", "ttyAMA0"));
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void tellsThatTheKernelWouldWriteToADeviceThatIsNotThere(
            String cmdline, String devices, String word, String consoles) throws IOException {
        String json = "{'devices': [" + devices + "],\n'boot': {'kernel': 'Image', 'cmdline':\n'" + cmdline + "'}}";
        assertEquals(
                directory.resolve("vm.json") + ":3:1: $.boot.cmdline: \"" + word
                        + "\": must name a console that the VM has, which is " + consoles,
                problemOf(json));
    }

    @Test
    void namesTheDeviceThatADoorbellLiesOn() throws IOException {
        String json = "{" + BOOT + ", 'devices': [{'type': 'rng'}, {'type': 'console'}],\n"
                + "'doorbells': [{'name': 'a', 'address': '0xa001050', 'length': 4}]}";
        assertEquals(
                directory.resolve("vm.json") + ":2:40: $.doorbells[0].address: 0x0a001050: doorbell \"a\" at"
                        + " 0x0a001050-0x0a001053 must not lie on the device console1 at 0x0a001000-0x0a001fff" + FREE,
                problemOf(json));
    }

    @ParameterizedTest
    @MethodSource({"malformed", "types", "sections", "logging", "loops", "actions"})
    void tellsTheProblemWithItsPlaceValueAndWhatIsAllowed(String json, String expected) throws IOException {
        assertEquals(
                directory.resolve("vm.json") + ":" + expected.replace("DIR", directory.toString()), problemOf(json));
    }

    @ParameterizedTest
    @MethodSource("doorbells")
    void tellsTheProblemOfADoorbell(String doorbells, String expected) throws IOException {
        String json = "{" + BOOT + ",\n'doorbells': [\n" + doorbells + "]}";
        assertEquals(directory.resolve("vm.json") + ":" + expected, problemOf(json));
    }

    static Stream<Arguments> disks() {
        String directory = "must be a disk, but \"DIR/";
        return Stream.of(
                arguments("'path': 'disk', 'readonly': 1", "59", "readonly", "1: must be true or false"),
                arguments("'path': 'disk', 'queues': 9", "57", "queues", "9: must be 1 to 8, one for each vCPU"),
                arguments(
                        "'path': 'disk', 'id': 'größe'",
                        "53",
                        "id",
                        "\"größe\": must be 1 to 20 printable characters of ASCII"),
                arguments(
                        "'path': 'none'",
                        "39",
                        "path",
                        "\"none\": " + directory + "none\" does not exist; 'truncate -s 1G FILE' makes an empty one"),
                arguments("'path': 'empty'", "39", "path", "\"empty\": " + directory + "empty\" is empty"),
                arguments(
                        "'path': 'Image'",
                        "39",
                        "path",
                        "\"Image\": " + directory + "Image\" has 6 bytes, which is not a multiple of 512"),
                arguments("'path': '.'", "39", "path", "\".\": must be a disk, but \"DIR\" is a directory"),
                arguments("'path': ''", "39", "path", "\"\": must be a path"));
    }

    @ParameterizedTest
    @MethodSource("disks")
    void tellsTheProblemOfADisk(String keys, String column, String key, String expected) throws IOException {
        Files.createFile(directory.resolve("empty"));
        Files.write(directory.resolve("disk"), new byte[512]);
        assertEquals(
                directory.resolve("vm.json") + ":2:" + column + ": $.devices[0]." + key + ": "
                        + expected.replace("DIR", directory.toString()),
                problemOf("{" + BOOT + ",\n'devices': [{'type': 'block', " + keys + "}]}"));
    }

    @Test
    void aDiskThatOneDeviceWritesIsNoOtherDevicesDisk() throws IOException {
        Files.write(directory.resolve("disk"), new byte[512]);
        Files.createSymbolicLink(directory.resolve("link"), directory.resolve("disk"));
        assertEquals(
                directory.resolve("vm.json") + ":3:27: $.devices[1].path: \"" + directory.resolve("link")
                        + "\": is the disk of $.devices[0].path too; both must be \"readonly\" for that",
                problemOf("{" + BOOT + ", 'devices': [\n{'type': 'block', 'path': 'disk', 'readonly': true},\n"
                        + "{'type': 'block', 'path': 'link'}]}"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void tellsWhyAFileCannotBeBooted(String name, String reason) throws IOException {
        Files.createFile(directory.resolve("empty"));
        String file = directory.resolve(name).toString();
        assertEquals(
                directory.resolve("vm.json") + ":1:21: $.boot.kernel: \"" + name
                        + "\": must be a file that can be read, but \"" + file + "\" " + reason,
                problemOf("{'boot': {'kernel': '" + name + "'}}"));
    }

    static Stream<Arguments> files() {
        return Stream.of(
                arguments("missing", "does not exist"),
                arguments("empty", "is empty"),
                arguments("/dev", "is not a regular file"));
    }

    private String problemOf(String json) throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Path file = Files.writeString(directory.resolve("vm.json"), json.replace('\'', '"'));
        return assertThrows(ConfigException.class, () -> ConfigLoader.load(file))
                .getMessage();
    }
}
