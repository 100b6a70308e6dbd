package jinn.vm;

import java.util.List;
import java.util.Optional;
import jinn.bus.MmioBus;
import jinn.doorbell.delivery.DoorbellRegistrar;
import jinn.event.EventLoop;
import jinn.gpio.Pl061;
import jinn.hypervisor.Vcpu;
import jinn.virtio.balloon.Balloon;

/**
 * A machine that has been put together and can run.
 *
 * @param end gets the failures of the event loop, and the outcome
 * @param pauseRequest how doorbells ask for a pause
 * @param gpio has the power button
 * @param devices the virtio devices, in the description's order
 * @param console what the consoles write
 * @param terminalConsole the console that takes the user's input
 * @param balloon the guest's, if it has one
 * @param memoryBytes size of RAM
 * @param resources all of it, to be released when no vCPU runs any more
 */
record Machine(
        VmEnd end,
        PauseRequest pauseRequest,
        EventLoop loop,
        MmioBus bus,
        List<Vcpu> vcpus,
        DoorbellRegistrar registrar,
        Pl061 gpio,
        List<AttachedDevice> devices,
        VmConsole console,
        Optional<ConsoleInput> terminalConsole,
        Optional<Balloon> balloon,
        long memoryBytes,
        UndoStack resources) {}
