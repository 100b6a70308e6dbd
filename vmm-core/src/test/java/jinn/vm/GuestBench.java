package jinn.vm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import jinn.boot.GuestLayout;
import jinn.bus.MmioBus;
import jinn.bus.MmioDevice;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Hypervisor;
import jinn.hypervisor.HypervisorDevice;
import jinn.hypervisor.Register;
import jinn.hypervisor.Vcpu;
import jinn.hypervisor.Vm;
import jinn.memory.GuestMemory;
import jinn.posix.EventFd;
import jinn.posix.Mapping;
import jinn.posix.MemFd;

/**
 * Measures, as a guest sees it, a doorbell that Java serves and acknowledges, and an exit that Java serves. {@code
 * lab/bench-round} runs it in the lab's host.
 *
 * <p>The guest is a few instructions that time themselves by CNTVCT_EL0 and store the ticks of a round to {@link
 * #RESULT}. All but the guest is what runs in a VM of Jinn: the event loop, the vCPU's thread, the bus.
 */
public final class GuestBench {

    private static final int STORES_PER_ROUND = 100;
    private static final int WARM_UP_ROUNDS = 600;
    private static final int ROUNDS = 101;
    /** Of the emulated counter. */
    private static final long NANOS_PER_TICK = 16;

    private static final long RAM_BYTES = 4L << 20;
    private static final long FLAG = GuestLayout.RAM + 0x10_0000L;
    private static final long DOORBELL = GuestLayout.DOORBELLS;
    private static final long DEVICE = GuestLayout.DOORBELLS + 0x1000L;
    private static final long RESULT = 0x0c00_0000L;
    private static final long PSTATE_EL1H_MASKED = 0x3c5;

    /** Stores 1, 2, ... to the doorbell; after each it waits until FLAG has the same number. */
    private static final int[] ROUND_TRIPS = {
        0xd2a16002, // mov  x2, #DOORBELL
        0xd2a18006, // mov  x6, #RESULT
        0xd2a80207, // mov  x7, #FLAG
        0x52800008, // mov  w8, #0
        0x11019101, // add  w1, w8, #100
        0xd5033fdf, // isb
        0xd53be043, // mrs  x3, cntvct_el0
        0x11000508, // add  w8, w8, #1
        0xb9000048, // str  w8, [x2]
        0xb94000e9, // ldr  w9, [x7]
        0x6b08013f, // cmp  w9, w8
        0x54ffffc1, // b.ne to the load
        0x6b01011f, // cmp  w8, w1
        0x54ffff41, // b.ne to the next number
        0xd5033fdf, // isb
        0xd53be045, // mrs  x5, cntvct_el0
        0xcb0300a5, // sub  x5, x5, x3
        0xf90000c5, // str  x5, [x6]
        0x17fffff2, // b    to the next round
    };

    /** Stores 100 times to the device. */
    private static final int[] EXITS = {
        0xd2a16002, // mov  x2, #DOORBELL
        0xf2820002, // movk x2, #0x1000
        0xd2a18006, // mov  x6, #RESULT
        0x52800c88, // mov  w8, #100
        0xd5033fdf, // isb
        0xd53be043, // mrs  x3, cntvct_el0
        0xb9000048, // str  w8, [x2]
        0x71000508, // subs w8, w8, #1
        0x54ffffc1, // b.ne to the store
        0xd5033fdf, // isb
        0xd53be045, // mrs  x5, cntvct_el0
        0xcb0300a5, // sub  x5, x5, x3
        0xf90000c5, // str  x5, [x6]
        0x17fffff6, // b    to the next round
    };

    private final Hypervisor hypervisor;

    private GuestBench(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /**
     * Prints a line for each figure: {@code bench}, its name, ns for one store.
     *
     * @param arguments the hypervisor, GZVM or KVM
     */
    public static void main(String[] arguments) {
        try (Hypervisor hypervisor = HypervisorDevice.valueOf(arguments[0]).open()) {
            GuestBench bench = new GuestBench(hypervisor);
            report("doorbell-java", bench.measure(ROUND_TRIPS));
            report("exit-java", bench.measure(EXITS));
        }
    }

    private static void report(String name, long nanos) {
        System.out.println("bench " + name + " " + nanos);
    }

    /** Returns the median of the rounds, ns for one store. */
    private long measure(int[] program) {
        VmEnd end = new VmEnd();
        Results results = new Results(end);
        try (MemFd memory = MemFd.create("bench", RAM_BYTES);
                Mapping ram = Mapping.of(memory);
                EventFd eventFd = EventFd.create("bench");
                EventLoop loop = EventLoop.start("bench", end::fail);
                Vm vm = hypervisor.createVm("bench")) {
            vm.addMemory(0, GuestLayout.RAM, ram.segment());
            vm.createInterruptController(
                    GuestLayout.GIC_DISTRIBUTOR,
                    GuestLayout.GIC_DISTRIBUTOR_BYTES,
                    GuestLayout.GIC_REDISTRIBUTORS,
                    GuestLayout.GIC_REDISTRIBUTOR_BYTES);
            MemorySegment.copy(program, 0, ram.segment(), ValueLayout.JAVA_INT, 0, program.length);
            Acknowledgement acknowledgement = new Acknowledgement(eventFd, ram.segment());
            DoorbellKey key = new DoorbellKey(DOORBELL, Integer.BYTES, OptionalLong.empty());
            Registration registration = loop.register(eventFd.descriptor(), acknowledgement::serve);
            try {
                vm.assignDoorbell(key, eventFd);
                runGuest(vm, results, end);
                vm.deassignDoorbell(key, eventFd);
            } finally {
                registration.close();
            }
        }
        return results.median() * NANOS_PER_TICK / STORES_PER_ROUND;
    }

    private static void runGuest(Vm vm, Results results, VmEnd end) {
        MmioBus bus = new MmioBus();
        bus.add("result", RESULT, Long.BYTES, results);
        bus.add("device", DEVICE, Integer.BYTES, new NothingBehind());
        try (Vcpu vcpu = vm.createVcpu(0)) {
            vcpu.setRegister(Register.PC, GuestLayout.RAM);
            vcpu.setRegister(Register.PSTATE, PSTATE_EL1H_MASKED);
            VcpuThread thread = new VcpuThread(vcpu, bus, end);
            thread.start();
            try {
                end.await();
            } finally {
                thread.requestStop();
                thread.join();
            }
        }
    }

    /** The doorbell's handler, on the loop's thread: shows the guest how often it has rung. */
    private static final class Acknowledgement {

        private final EventFd eventFd;
        private final GuestMemory memory;
        private long rung;

        Acknowledgement(EventFd eventFd, MemorySegment ram) {
            this.eventFd = eventFd;
            this.memory = new GuestMemory(List.of(new GuestMemory.Region(GuestLayout.RAM, ram)));
        }

        void serve() {
            rung += eventFd.drain();
            memory.releaseU32(FLAG, rung);
        }
    }

    /** A device as cheap as can be: what is measured is the way to it. */
    private static final class NothingBehind implements MmioDevice {

        @Override
        public long read(long offset, int size) {
            return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
            if (size != Integer.BYTES) {
                throw new IllegalStateException("the guest stores " + size + " bytes");
            }
        }
    }

    /** Takes the ticks of each round on the vCPU's thread and ends the VM after the last one. */
    private static final class Results implements MmioDevice {

        private final long[] ticks = new long[ROUNDS];
        private final VmEnd end;
        private int round = -WARM_UP_ROUNDS;

        Results(VmEnd end) {
            this.end = end;
        }

        @Override
        public long read(long offset, int size) {
            throw new IllegalStateException("the guest reads its result");
        }

        @Override
        public void write(long offset, int size, long value) {
            if (round == -1) {
                settle();
            }
            if (round >= 0 && round < ROUNDS) {
                ticks[round] = value;
            }
            round++;
            if (round == ROUNDS) {
                end.complete(new VmOutcome.PoweredOff());
            }
        }

        /** Lets the compilers end their work. */
        private static void settle() {
            try {
                Thread.sleep(2000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        long median() {
            long[] sorted = ticks.clone();
            Arrays.sort(sorted);
            return sorted[ROUNDS / 2];
        }
    }
}
