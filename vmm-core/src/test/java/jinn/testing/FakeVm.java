package jinn.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntFunction;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Vcpu;
import jinn.hypervisor.Vm;
import jinn.posix.Errno;
import jinn.posix.EventFd;

/**
 * A VM without a guest. It keeps the books of a driver: what is assigned, and in which order things happened. It refuses
 * what a test tells it to.
 */
public final class FakeVm implements Vm {

    private final List<String> log;
    private final Map<DoorbellKey, EventFd> doorbells = new LinkedHashMap<>();
    private final Map<Integer, EventFd> interrupts = new HashMap<>();
    private BiPredicate<DoorbellKey, DoorbellKey> collision = DoorbellKey::collidesWith;
    private IntFunction<Vcpu> vcpus = FakeVcpu::new;
    private final List<Long> discarded = new ArrayList<>();
    private boolean keepsPages;
    private boolean writableOnly;
    private long readOnlyAddress;
    private MemorySegment readOnlyMemory = MemorySegment.NULL;
    private int doorbellErrno;
    private boolean wildcardsRefused;
    private int callsUntilFailure = Integer.MAX_VALUE;

    /** Makes a VM with the driver rules of Jinn. */
    public FakeVm() {
        this(new ArrayList<>());
    }

    /** Makes a VM that writes what happens to {@code log}. */
    public FakeVm(List<String> log) {
        this.log = log;
    }

    /** Lets the driver refuse a doorbell with EEXIST when {@code rule} holds for an old one and the new one. */
    public void setCollision(BiPredicate<DoorbellKey, DoorbellKey> rule) {
        collision = rule;
    }

    /** Lets the driver keep all pages, as the published ones do. */
    public void keepPages() {
        keepsPages = true;
    }

    /** Returns the guest-physical addresses that were to be discarded. */
    public List<Long> discarded() {
        return discarded;
    }

    /** Lets the driver have no memory that the guest may only read. */
    public void haveWritableMemoryOnly() {
        writableOnly = true;
    }

    /** Loads from read-only memory, as a guest would. */
    public long load(long address) {
        return Integer.toUnsignedLong(
                readOnlyMemory.get(ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN), address - readOnlyAddress));
    }

    /** Lets the driver refuse every doorbell. */
    public void refuseDoorbells(Errno errno) {
        doorbellErrno = errno.number();
    }

    /** Lets the driver refuse doorbells for any value with EEXIST. */
    public void refuseWildcards() {
        wildcardsRefused = true;
    }

    /** Lets the {@code number}-th call from now on fail with EIO, counted from 1. */
    public void failCall(int number) {
        callsUntilFailure = number;
    }

    /** Sets who makes vCPUs. */
    public void setVcpus(IntFunction<Vcpu> factory) {
        vcpus = factory;
    }

    /** Stores to the address as a guest would. Returns whether the driver took the store. */
    public boolean store(long address, int size, long value) {
        for (Map.Entry<DoorbellKey, EventFd> doorbell : doorbells.entrySet()) {
            if (doorbell.getKey().matches(address, size, value)) {
                doorbell.getValue().signal();
                return true;
            }
        }
        return false;
    }

    /** Returns the keys of the assigned doorbells, in the order of their assignment. */
    public List<DoorbellKey> doorbells() {
        return List.copyOf(doorbells.keySet());
    }

    /** Returns how often an interrupt was raised since the last call. */
    public long takeInterrupts(int spi) {
        return interrupts.get(spi).drain();
    }

    /** Returns how many interrupts are bound. */
    public int interruptCount() {
        return interrupts.size();
    }

    @Override
    public void addMemory(int slot, long address, MemorySegment host) {
        call("memory " + slot);
    }

    @Override
    public void addSharedMemory(int slot, long address, MemorySegment host) {
        call("shared memory " + slot);
    }

    @Override
    public boolean addReadOnlyMemory(int slot, long address, MemorySegment host) {
        call("read-only memory " + slot);
        if (writableOnly) {
            return false;
        }
        readOnlyAddress = address;
        readOnlyMemory = host;
        return true;
    }

    @Override
    public void protect() {
        call("protect");
    }

    @Override
    public void createInterruptController(
            long distributor, long distributorBytes, long redistributors, long redistributorBytes) {
        call("gic");
    }

    @Override
    public Vcpu createVcpu(int id) {
        call("vcpu " + id);
        return vcpus.apply(id);
    }

    @Override
    public void setDeviceTree(long address, long bytes) {
        call("device tree");
    }

    @Override
    public void assignDoorbell(DoorbellKey key, EventFd target) {
        call("assign " + key);
        if (doorbellErrno != 0) {
            throw Errno.exception("cannot register the doorbell " + key, doorbellErrno);
        }
        boolean refused = wildcardsRefused && key.match().isEmpty();
        if (refused || doorbells.keySet().stream().anyMatch(old -> collision.test(old, key))) {
            throw Errno.exception("cannot register the doorbell " + key, Errno.EEXIST.number());
        }
        doorbells.put(key, target);
    }

    @Override
    public void deassignDoorbell(DoorbellKey key, EventFd target) {
        log.add("deassign " + key);
        if (!doorbells.remove(key, target)) {
            throw Errno.exception("cannot remove the doorbell " + key, Errno.ENOENT.number());
        }
    }

    @Override
    public void assignInterrupt(int spi, EventFd source) {
        call("bind " + spi);
        interrupts.put(spi, source);
    }

    @Override
    public void deassignInterrupt(int spi, EventFd source) {
        log.add("release " + spi);
        interrupts.remove(spi, source);
    }

    @Override
    public boolean discard(long address, long bytes) {
        discarded.add(address);
        return !keepsPages;
    }

    @Override
    public void close() {
        log.add("close vm");
    }

    private void call(String what) {
        log.add(what);
        callsUntilFailure--;
        if (callsUntilFailure == 0) {
            throw Errno.exception("cannot do " + what, Errno.EIO.number());
        }
    }
}
