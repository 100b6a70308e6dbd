package jinn.uapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jinn.testing.LayoutFields;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Compares what Java believes of the UAPI with what the C compiler makes of kmod/include/uapi/linux/gzvm.h. Without a C
 * compiler the test fails.
 */
final class AbiTest {

    private static Map<String, Long> facts;

    @BeforeAll
    static void askTheCompiler(@TempDir Path directory) throws IOException, InterruptedException {
        Path kmod = Path.of(System.getProperty("user.dir")).resolveSibling("kmod");
        Path program = directory.resolve("uapi_dump");
        run(
                "cc",
                "-I",
                kmod.resolve("include/uapi").toString(),
                "-o",
                program.toString(),
                kmod.resolve("tests/uapi_dump.c").toString());
        facts = flatten(run(program.toString()));
    }

    static List<GroupLayout> layouts() {
        return List.of(
                CreateDeviceLayout.LAYOUT,
                DtbConfigLayout.LAYOUT,
                EnableCapLayout.LAYOUT,
                IoEventFdLayout.LAYOUT,
                IrqFdLayout.LAYOUT,
                OneRegLayout.LAYOUT,
                UserMemoryRegionLayout.LAYOUT,
                VcpuRunLayout.LAYOUT);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyFieldIsWhereCPutsIt(GroupLayout layout) {
        String struct = "structs." + layout.name().orElseThrow();
        assertFact(layout.byteSize(), struct + ".size");
        LayoutFields.of(layout).forEach((field, place) -> {
            assertFact(place.offset(), struct + ".fields." + field + ".offset");
            assertFact(place.size(), struct + ".fields." + field + ".size");
        });
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void noFieldOfCIsForgotten(GroupLayout layout) {
        String prefix = "structs." + layout.name().orElseThrow() + ".fields.";
        assertEquals(
                LayoutFields.of(layout).keySet().stream().sorted().toList(),
                facts.keySet().stream()
                        .filter(key -> key.startsWith(prefix) && key.endsWith(".offset"))
                        .map(key -> key.substring(prefix.length(), key.length() - ".offset".length()))
                        .sorted()
                        .toList());
    }

    @Test
    void theRequestNumbersAreThoseOfC() {
        Map<String, Long> requests = new LinkedHashMap<>();
        requests.put("GZVM_CREATE_VM", GzvmIoctl.CREATE_VM);
        requests.put("GZVM_CHECK_EXTENSION", GzvmIoctl.CHECK_EXTENSION);
        requests.put("GZVM_CREATE_VCPU", GzvmIoctl.CREATE_VCPU);
        requests.put("GZVM_SET_USER_MEMORY_REGION", GzvmIoctl.SET_USER_MEMORY_REGION);
        requests.put("GZVM_IRQFD", GzvmIoctl.IRQFD);
        requests.put("GZVM_IOEVENTFD", GzvmIoctl.IOEVENTFD);
        requests.put("GZVM_RUN", GzvmIoctl.RUN);
        requests.put("GZVM_ENABLE_CAP", GzvmIoctl.ENABLE_CAP);
        requests.put("GZVM_SET_ONE_REG", GzvmIoctl.SET_ONE_REG);
        requests.put("GZVM_CREATE_DEVICE", GzvmIoctl.CREATE_DEVICE);
        requests.put("GZVM_SET_DTB_CONFIG", GzvmIoctl.SET_DTB_CONFIG);

        requests.forEach((name, value) -> assertFact(value, "constants." + name));
    }

    @Test
    void theExitReasonsAreThoseOfC() {
        Map<String, Integer> reasons = new LinkedHashMap<>();
        reasons.put("GZVM_EXIT_UNKNOWN", GzvmExit.UNKNOWN);
        reasons.put("GZVM_EXIT_MMIO", GzvmExit.MMIO);
        reasons.put("GZVM_EXIT_HYPERCALL", GzvmExit.HYPERCALL);
        reasons.put("GZVM_EXIT_IRQ", GzvmExit.IRQ);
        reasons.put("GZVM_EXIT_EXCEPTION", GzvmExit.EXCEPTION);
        reasons.put("GZVM_EXIT_DEBUG", GzvmExit.DEBUG);
        reasons.put("GZVM_EXIT_FAIL_ENTRY", GzvmExit.FAIL_ENTRY);
        reasons.put("GZVM_EXIT_INTERNAL_ERROR", GzvmExit.INTERNAL_ERROR);
        reasons.put("GZVM_EXIT_SYSTEM_EVENT", GzvmExit.SYSTEM_EVENT);
        reasons.put("GZVM_EXIT_SHUTDOWN", GzvmExit.SHUTDOWN);
        reasons.put("GZVM_EXIT_GZ", GzvmExit.GZ);
        reasons.put("GZVM_EXIT_IDLE", GzvmExit.IDLE);
        reasons.put("GZVM_EXIT_IPI", GzvmExit.IPI);
        reasons.put("GZVM_EXCEPTION_PAGE_FAULT", GzvmExit.EXCEPTION_PAGE_FAULT);
        reasons.put("GZVM_SYSTEM_EVENT_SHUTDOWN", GzvmExit.SYSTEM_EVENT_SHUTDOWN);
        reasons.put("GZVM_SYSTEM_EVENT_RESET", GzvmExit.SYSTEM_EVENT_RESET);
        reasons.put("GZVM_SYSTEM_EVENT_CRASH", GzvmExit.SYSTEM_EVENT_CRASH);

        reasons.forEach((name, value) -> assertFact(Integer.toUnsignedLong(value), "constants." + name));
    }

    @Test
    void theCapabilitiesFlagsAndRegistersAreThoseOfC() {
        Map<String, Long> constants = new LinkedHashMap<>();
        constants.put("GZVM_CAP_VM_GPA_SIZE", GzvmCapability.VM_GPA_SIZE);
        constants.put("GZVM_CAP_PROTECTED_VM", GzvmCapability.PROTECTED_VM);
        constants.put("GZVM_CAP_JINN", GzvmCapability.JINN);
        constants.put("GZVM_JINN_DATAMATCH_SHARED", GzvmCapability.JINN_DATAMATCH_SHARED);
        constants.put("GZVM_JINN_NO_LOST_EXIT", GzvmCapability.JINN_NO_LOST_EXIT);
        constants.put("GZVM_JINN_SLOT_DELETE", GzvmCapability.JINN_SLOT_DELETE);
        constants.put("GZVM_JINN_GET_ONE_REG", GzvmCapability.JINN_GET_ONE_REG);
        constants.put("GZVM_JINN_DISCARD", GzvmCapability.JINN_DISCARD);
        constants.put("GZVM_JINN_READ_ONLY", GzvmCapability.JINN_READ_ONLY);
        constants.put("GZVM_USER_MEM_REGION_GUEST_MEM", (long) UserMemoryRegionLayout.FLAG_GUEST_MEM);
        constants.put("GZVM_USER_MEM_REGION_STATIC_SWIOTLB", (long) UserMemoryRegionLayout.FLAG_STATIC_SWIOTLB);
        constants.put("GZVM_USER_MEM_REGION_READ_ONLY", Integer.toUnsignedLong(UserMemoryRegionLayout.FLAG_READ_ONLY));
        constants.put("GZVM_CAP_PVM_SET_PROTECTED_VM", EnableCapLayout.SET_PROTECTED_VM);
        constants.put("GZVM_IRQFD_FLAG_DEASSIGN", (long) IrqFdLayout.FLAG_DEASSIGN);
        constants.put("GZVM_IOEVENTFD_FLAG_DATAMATCH", (long) IoEventFdLayout.FLAG_DATAMATCH);
        constants.put("GZVM_IOEVENTFD_FLAG_DEASSIGN", (long) IoEventFdLayout.FLAG_DEASSIGN);
        constants.put("GZVM_DEV_TYPE_ARM_VGIC_V3_DIST", (long) CreateDeviceLayout.TYPE_VGIC_V3_DIST);
        constants.put("GZVM_DEV_TYPE_ARM_VGIC_V3_REDIST", (long) CreateDeviceLayout.TYPE_VGIC_V3_REDIST);
        constants.put("GZVM_REG_CORE64(GZVM_CORE_X(0))", OneRegLayout.X0);
        constants.put("GZVM_REG_CORE64(GZVM_CORE_PC)", OneRegLayout.PC);
        constants.put("GZVM_REG_CORE64(GZVM_CORE_PSTATE)", OneRegLayout.PSTATE);

        constants.forEach((name, value) -> assertFact(value, "constants." + name));
    }

    private static void assertFact(long expected, String name) {
        assertNotNull(facts.get(name), () -> "C says nothing of " + name);
        assertEquals(facts.get(name), expected, name);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    /** Reads nested JSON objects of numbers as dotted names. */
    private static Map<String, Long> flatten(String json) {
        Map<String, Long> result = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            flattenObject(parser, "", result);
        }
        return result;
    }

    private static void flattenObject(JsonParser parser, String prefix, Map<String, Long> result) {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = prefix + parser.currentName();
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                flattenObject(parser, name + ".", result);
            } else {
                // Unsigned 64-bit in C; Java has the same bits.
                result.put(name, new BigInteger(parser.getString()).longValue());
            }
        }
    }
}
