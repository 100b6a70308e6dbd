package jinn.uapi.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinn.testing.LayoutFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares what Java believes of {@code /dev/kvm} with what the C compiler for arm64 makes of linux/kvm.h. Without that
 * compiler (gcc-aarch64-linux-gnu) and its headers the test fails.
 *
 * <p>The compiler only writes assembly, with each fact as a line of it: nothing has to run.
 */
final class KvmAbiTest {

    private static final List<GroupLayout> LAYOUTS = List.of(
            CreateDeviceLayout.LAYOUT,
            DeviceAttrLayout.LAYOUT,
            EnableCapLayout.LAYOUT,
            IoEventFdLayout.LAYOUT,
            IrqFdLayout.LAYOUT,
            OneRegLayout.LAYOUT,
            RunLayout.LAYOUT,
            UserMemoryRegionLayout.LAYOUT,
            VcpuInitLayout.LAYOUT);

    private static final Map<String, Long> CONSTANTS = Map.ofEntries(
            Map.entry("KVM_API_VERSION", (long) KvmIoctl.API_VERSION),
            Map.entry("KVM_GET_API_VERSION", KvmIoctl.GET_API_VERSION),
            Map.entry("KVM_CREATE_VM", KvmIoctl.CREATE_VM),
            Map.entry("KVM_CHECK_EXTENSION", KvmIoctl.CHECK_EXTENSION),
            Map.entry("KVM_GET_VCPU_MMAP_SIZE", KvmIoctl.GET_VCPU_MMAP_SIZE),
            Map.entry("KVM_CREATE_VCPU", KvmIoctl.CREATE_VCPU),
            Map.entry("KVM_SET_USER_MEMORY_REGION", KvmIoctl.SET_USER_MEMORY_REGION),
            Map.entry("KVM_IRQFD", KvmIoctl.IRQFD),
            Map.entry("KVM_IOEVENTFD", KvmIoctl.IOEVENTFD),
            Map.entry("KVM_RUN", KvmIoctl.RUN),
            Map.entry("KVM_ENABLE_CAP", KvmIoctl.ENABLE_CAP),
            Map.entry("KVM_SET_ONE_REG", KvmIoctl.SET_ONE_REG),
            Map.entry("KVM_ARM_VCPU_INIT", KvmIoctl.ARM_VCPU_INIT),
            Map.entry("KVM_ARM_PREFERRED_TARGET", KvmIoctl.ARM_PREFERRED_TARGET),
            Map.entry("KVM_CREATE_DEVICE", KvmIoctl.CREATE_DEVICE),
            Map.entry("KVM_SET_DEVICE_ATTR", KvmIoctl.SET_DEVICE_ATTR),
            Map.entry("KVM_CAP_USER_MEMORY", (long) KvmCapability.USER_MEMORY),
            Map.entry("KVM_CAP_IRQFD", (long) KvmCapability.IRQFD),
            Map.entry("KVM_CAP_IOEVENTFD", (long) KvmCapability.IOEVENTFD),
            Map.entry("KVM_CAP_ONE_REG", (long) KvmCapability.ONE_REG),
            Map.entry("KVM_CAP_READONLY_MEM", (long) KvmCapability.READONLY_MEM),
            Map.entry("KVM_MEM_READONLY", (long) UserMemoryRegionLayout.FLAG_READONLY),
            Map.entry("KVM_CAP_DEVICE_CTRL", (long) KvmCapability.DEVICE_CTRL),
            Map.entry("KVM_CAP_ARM_PSCI_0_2", (long) KvmCapability.ARM_PSCI_0_2),
            Map.entry("KVM_CAP_IOEVENTFD_ANY_LENGTH", (long) KvmCapability.IOEVENTFD_ANY_LENGTH),
            Map.entry("KVM_CAP_IMMEDIATE_EXIT", (long) KvmCapability.IMMEDIATE_EXIT),
            Map.entry("KVM_CAP_ARM_VM_IPA_SIZE", (long) KvmCapability.ARM_VM_IPA_SIZE),
            Map.entry("KVM_CAP_ARM_NISV_TO_USER", (long) KvmCapability.ARM_NISV_TO_USER),
            Map.entry("KVM_CAP_PTP_KVM", (long) KvmCapability.PTP_KVM),
            Map.entry("KVM_EXIT_MMIO", (long) KvmExit.MMIO),
            Map.entry("KVM_EXIT_FAIL_ENTRY", (long) KvmExit.FAIL_ENTRY),
            Map.entry("KVM_EXIT_INTR", (long) KvmExit.INTR),
            Map.entry("KVM_EXIT_INTERNAL_ERROR", (long) KvmExit.INTERNAL_ERROR),
            Map.entry("KVM_EXIT_SYSTEM_EVENT", (long) KvmExit.SYSTEM_EVENT),
            Map.entry("KVM_EXIT_ARM_NISV", (long) KvmExit.ARM_NISV),
            Map.entry("KVM_SYSTEM_EVENT_SHUTDOWN", (long) KvmExit.SYSTEM_EVENT_SHUTDOWN),
            Map.entry("KVM_SYSTEM_EVENT_RESET", (long) KvmExit.SYSTEM_EVENT_RESET),
            Map.entry("KVM_SYSTEM_EVENT_CRASH", (long) KvmExit.SYSTEM_EVENT_CRASH),
            Map.entry("KVM_IOEVENTFD_FLAG_DATAMATCH", (long) IoEventFdLayout.FLAG_DATAMATCH),
            Map.entry("KVM_IOEVENTFD_FLAG_DEASSIGN", (long) IoEventFdLayout.FLAG_DEASSIGN),
            Map.entry("KVM_IRQFD_FLAG_DEASSIGN", (long) IrqFdLayout.FLAG_DEASSIGN),
            Map.entry("KVM_ARM_VCPU_POWER_OFF", (long) VcpuInitLayout.FEATURE_POWER_OFF),
            Map.entry("KVM_ARM_VCPU_PSCI_0_2", (long) VcpuInitLayout.FEATURE_PSCI_0_2),
            Map.entry("KVM_DEV_TYPE_ARM_VGIC_V3", (long) CreateDeviceLayout.TYPE_VGIC_V3),
            Map.entry("KVM_DEV_ARM_VGIC_GRP_ADDR", (long) DeviceAttrLayout.VGIC_GROUP_ADDRESS),
            Map.entry("KVM_DEV_ARM_VGIC_GRP_NR_IRQS", (long) DeviceAttrLayout.VGIC_GROUP_INTERRUPTS),
            Map.entry("KVM_DEV_ARM_VGIC_GRP_CTRL", (long) DeviceAttrLayout.VGIC_GROUP_CONTROL),
            Map.entry("KVM_VGIC_V3_ADDR_TYPE_DIST", DeviceAttrLayout.VGIC_ADDRESS_DISTRIBUTOR),
            Map.entry("KVM_VGIC_V3_ADDR_TYPE_REDIST", DeviceAttrLayout.VGIC_ADDRESS_REDISTRIBUTORS),
            Map.entry("KVM_DEV_ARM_VGIC_CTRL_INIT", DeviceAttrLayout.VGIC_CONTROL_INIT),
            Map.entry(coreRegister("regs.regs[0]"), OneRegLayout.X0),
            Map.entry(coreRegister("regs.pc"), OneRegLayout.PC),
            Map.entry(coreRegister("regs.pstate"), OneRegLayout.PSTATE));

    @Test
    void theCompilerForArm64FindsTheSameNumbers(@TempDir Path directory) throws IOException, InterruptedException {
        Map<String, Long> expected = new TreeMap<>(CONSTANTS);
        LAYOUTS.forEach(layout -> addFacts(layout, expected));

        assertEquals(expected, new TreeMap<>(askTheCompiler(directory, expected.keySet())));
    }

    private static void addFacts(GroupLayout layout, Map<String, Long> facts) {
        String struct = "struct " + layout.name().orElseThrow();
        facts.put("sizeof(" + struct + ")", layout.byteSize());
        LayoutFields.of(layout).forEach((field, place) -> {
            facts.put("offsetof(" + struct + ", " + field + ")", place.offset());
            facts.put("sizeof(((" + struct + " *)0)->" + field + ")", place.size());
        });
    }

    private static String coreRegister(String field) {
        return "KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(" + field + ")";
    }

    /** Returns the values of constant C expressions. An ioctl word is unsigned, but C may compute it as a signed int. */
    private static Map<String, Long> askTheCompiler(Path directory, Iterable<String> expressions)
            throws IOException, InterruptedException {
        StringBuilder source = new StringBuilder("#include <stddef.h>\n#include <linux/kvm.h>\nvoid facts(void) {\n");
        for (String expression : expressions) {
            source.append("__asm__(\"@fact %c0 ").append(expression);
            source.append("\" : : \"i\"(sizeof(").append(expression).append(") == 4 ? (unsigned int)(");
            source.append(expression)
                    .append(") : (unsigned long)(")
                    .append(expression)
                    .append(")));\n");
        }
        Path file = Files.writeString(directory.resolve("facts.c"), source.append("}\n"));
        Process compiler = new ProcessBuilder("aarch64-linux-gnu-gcc", "-S", "-o", "-", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, compiler.waitFor(), output);
        return Pattern.compile("(?m)^\\s*@fact (-?[0-9]+) (.*)$")
                .matcher(output)
                .results()
                .collect(Collectors.toMap(
                        fact -> fact.group(2), fact -> Long.parseLong(fact.group(1)), (first, second) -> second));
    }
}
