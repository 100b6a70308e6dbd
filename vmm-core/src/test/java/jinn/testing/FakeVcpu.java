package jinn.testing;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import jinn.hypervisor.Register;
import jinn.hypervisor.Vcpu;
import jinn.hypervisor.VcpuExit;

/**
 * A vCPU whose guest is a list of exits. When the list is at its end, a run blocks until an exit is requested, as a
 * guest that waits for an interrupt does. With a VM behind it, the stores that the VM's driver takes never come out.
 */
public final class FakeVcpu implements Vcpu {

    private static final VcpuExit INTERRUPTED = new VcpuExit.Interrupted();

    private final int id;
    private final FakeVm vm;
    private final BlockingDeque<VcpuExit> exits = new LinkedBlockingDeque<>();
    private final List<Long> loads = new ArrayList<>();
    private final Map<Register, Long> registers = new EnumMap<>(Register.class);
    private final CountDownLatch running = new CountDownLatch(1);
    private int refusedHypercalls;
    private volatile boolean closed;

    /** Makes a vCPU whose guest does nothing yet, and of whose stores all come out. */
    public FakeVcpu(int id) {
        this(id, new FakeVm());
    }

    /** Makes a vCPU whose stores {@code vm} may take. */
    public FakeVcpu(int id, FakeVm vm) {
        this.id = id;
        this.vm = vm;
    }

    /** Lets the guest store. */
    public FakeVcpu store(long address, int size, long value) {
        exits.add(new VcpuExit.Mmio().set(address, size, true, value));
        return this;
    }

    /** Lets the guest load. */
    public FakeVcpu load(long address, int size) {
        exits.add(new VcpuExit.Mmio().set(address, size, false, 0));
        return this;
    }

    /** Lets the guest do something else. */
    public FakeVcpu exit(VcpuExit exit) {
        exits.add(exit);
        return this;
    }

    /** Lets the guest power off. */
    public FakeVcpu powerOff() {
        return exit(new VcpuExit.SystemEvent(VcpuExit.SystemEventType.POWER_OFF));
    }

    /** Returns the values that the guest's loads got. */
    public List<Long> loads() {
        return List.copyOf(loads);
    }

    /** Returns the registers that were set. */
    public Map<Register, Long> registers() {
        return Map.copyOf(registers);
    }

    /** Returns how many hypercalls were answered with NOT_SUPPORTED. */
    public int refusedHypercalls() {
        return refusedHypercalls;
    }

    /** Waits until its thread has begun to run it. */
    public void awaitRunning() throws InterruptedException {
        running.await();
    }

    /** Returns whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void setRegister(Register register, long value) {
        registers.put(register, value);
    }

    @Override
    public VcpuExit run() {
        running.countDown();
        try {
            VcpuExit exit = exits.take();
            while (exit instanceof VcpuExit.Mmio access
                    && access.isWrite()
                    && vm.store(access.address(), access.size(), access.value())) {
                exit = exits.take();
            }
            return exit;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return INTERRUPTED;
        }
    }

    @Override
    public void completeLoad(long value) {
        loads.add(value);
    }

    @Override
    public void refuseHypercall() {
        refusedHypercalls++;
    }

    @Override
    public void requestExit() {
        exits.addFirst(INTERRUPTED);
    }

    @Override
    public void close() {
        closed = true;
    }
}
