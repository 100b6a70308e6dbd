package jinn.doorbell.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jinn.doorbell.DoorbellPath;
import jinn.error.ConfigException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.hypervisor.Vm;
import jinn.posix.Errno;

/**
 * Registers doorbells and finds each one its way: the driver, a driver doorbell shared with others, or the user-space
 * exit.
 *
 * <p>Not thread-safe: one thread registers and closes. {@link #doorbells} may be called from any.
 */
public final class DoorbellRegistrar implements AutoCloseable {

    private static final String OUTSIDE = "another process reads it and Jinn does not count it";
    private static final String FORCED = "the user-space path was asked for";

    /** Errors that mean that this driver has no such doorbells at all. */
    private static final Set<Integer> UNSUPPORTED =
            Set.of(Errno.ENOTTY.number(), Errno.EOPNOTSUPP.number(), Errno.ENOSYS.number());

    private final String vmName;
    private final Vm vm;
    private final EventLoop loop;
    private final boolean userspaceOnly;
    private final List<KernelBinding> bindings = new ArrayList<>();
    private volatile List<Doorbell> doorbells = List.of();

    /**
     * Makes a registrar without doorbells.
     *
     * @param vmName the VM's name in messages
     * @param userspaceOnly whether every doorbell takes the user-space exit, even if the driver could deliver it
     */
    public DoorbellRegistrar(String vmName, Vm vm, EventLoop loop, boolean userspaceOnly) {
        this.vmName = vmName;
        this.vm = vm;
        this.loop = loop;
        this.userspaceOnly = userspaceOnly;
    }

    /** Registers a doorbell on the VM's first loop. */
    public Doorbell register(DoorbellRequest request) {
        return register(request, loop);
    }

    /**
     * Registers a doorbell. When it returns, no ring gets lost: either the driver delivers it, or the store leaves
     * the vCPU and the caller's device on the bus calls {@link Doorbell#ringFromUserspace}.
     *
     * @param loop on whose thread its handler is called
     * @throws ConfigException naming both, when a store could ring another doorbell of this VM too
     * @throws SyscallException when the driver refuses for a reason that no other way avoids
     */
    public Doorbell register(DoorbellRequest request, EventLoop loop) {
        refuseCollision(request);
        Doorbell doorbell = new Doorbell(request, loop);
        findPath(doorbell);
        List<Doorbell> all = new ArrayList<>(doorbells);
        all.add(doorbell);
        doorbells = List.copyOf(all);
        return doorbell;
    }

    private void refuseCollision(DoorbellRequest request) {
        for (Doorbell other : doorbells) {
            if (request.key().collidesWith(other.key())) {
                throw new ConfigException("vm " + vmName + ": cannot register doorbell " + request
                        + ": already taken by " + other.request() + " (EEXIST)");
            }
        }
    }

    private void findPath(Doorbell doorbell) {
        if (userspaceOnly) {
            doorbell.setPath(DoorbellPath.USERSPACE, FORCED);
            return;
        }
        try {
            bindings.add(bindAlone(doorbell));
            doorbell.setPath(DoorbellPath.KERNEL, doorbell.request().reader().isPresent() ? OUTSIDE : "");
        } catch (SyscallException e) {
            findFallback(doorbell, e);
        }
    }

    private KernelBinding bindAlone(Doorbell doorbell) {
        return doorbell.request()
                .reader()
                .map(reader -> KernelBinding.bindForReader(vm, doorbell, reader))
                .orElseGet(() -> KernelBinding.bind(vm, doorbell.loop(), doorbell.key(), List.of(doorbell)));
    }

    private void findFallback(Doorbell doorbell, SyscallException refusal) {
        if (UNSUPPORTED.contains(refusal.errno())) {
            doorbell.setPath(DoorbellPath.USERSPACE, "the driver has no doorbells: " + Errno.describe(refusal.errno()));
        } else if (refusal.errno() != Errno.EEXIST.number()) {
            throw refusal;
        } else if (doorbell.request().fallback() != DoorbellRequest.Fallback.SHARED || !share(doorbell)) {
            doorbell.setPath(DoorbellPath.USERSPACE, "the driver takes only one doorbell at this address (EEXIST)");
        }
    }

    /**
     * Puts one wildcard doorbell in the place of all that may share it. Returns false, with everything as it was, when
     * the driver refuses that too.
     */
    private boolean share(Doorbell newcomer) {
        List<KernelBinding> old =
                bindings.stream().filter(binding -> canShare(binding, newcomer)).toList();
        List<Doorbell> sharers = new ArrayList<>();
        old.forEach(binding -> sharers.addAll(binding.doorbells()));
        sharers.add(newcomer);
        if (old.size() == 1 && old.getFirst().key().match().isEmpty()) {
            old.getFirst().setDoorbells(sharers);
        } else if (!replace(old, sharers)) {
            return false;
        }
        sharers.forEach(doorbell ->
                doorbell.setPath(DoorbellPath.SHARED, "the driver takes only one doorbell at this address (EEXIST)"));
        return true;
    }

    private static boolean canShare(KernelBinding binding, Doorbell newcomer) {
        return binding.key().address() == newcomer.key().address()
                && binding.key().length() == newcomer.key().length()
                && binding.doorbells().stream()
                        .allMatch(doorbell -> doorbell.request().fallback() == DoorbellRequest.Fallback.SHARED);
    }

    private boolean replace(List<KernelBinding> old, List<Doorbell> sharers) {
        for (KernelBinding binding : old) {
            bindings.remove(binding);
            binding.close();
        }
        try {
            bindings.add(KernelBinding.bind(
                    vm, sharers.getFirst().loop(), sharers.getLast().key().wildcard(), sharers));
            return true;
        } catch (SyscallException e) {
            // The same keys in the same order were accepted before.
            for (KernelBinding binding : old) {
                bindings.add(
                        binding.doorbells().size() == 1
                                ? bindAlone(binding.doorbells().getFirst())
                                : KernelBinding.bind(
                                        vm, binding.doorbells().getFirst().loop(), binding.key(), binding.doorbells()));
            }
            return false;
        }
    }

    /** Returns the doorbells in the order of their registration. */
    public List<Doorbell> doorbells() {
        return doorbells;
    }

    /** Delivers everything that the driver has signalled and user space has rung until now. */
    public void flush() {
        bindings.forEach(KernelBinding::flush);
        doorbells.forEach(Doorbell::flush);
    }

    /** Removes all doorbells, last first. Afterwards no handler is called. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!bindings.isEmpty()) {
            try {
                bindings.removeLast().close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        doorbells.forEach(Doorbell::flush);
        if (failure != null) {
            throw failure;
        }
    }
}
