package jinn.config;

import java.util.List;

/** One virtual machine, as its JSON file describes it. */
public record VmConfig(
        String name,
        HypervisorChoice hypervisor,
        MachineConfig machine,
        BootConfig boot,
        SerialConfig serial,
        List<DeviceConfig> devices,
        List<DoorbellConfig> doorbells,
        ProtectionConfig protection,
        List<LoopConfig> loops,
        LoggingConfig logging) {

    /** Keeps its own copies of the lists. */
    public VmConfig {
        Rules.refuse(Rules.name(name));
        Rules.refuse(Rules.bounceBuffer(protection.sharedBytes(), machine.memoryBytes()));
        devices = List.copyOf(devices);
        doorbells = List.copyOf(doorbells);
        loops = List.copyOf(loops);
    }
}
