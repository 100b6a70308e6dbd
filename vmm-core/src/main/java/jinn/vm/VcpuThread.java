package jinn.vm;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinn.bus.MmioBus;
import jinn.hypervisor.Vcpu;
import jinn.hypervisor.VcpuExit;
import jinn.posix.KickableThread;

/**
 * The thread that runs one vCPU and serves its exits.
 *
 * <p>Stopping or pausing it from another thread takes three things in this order: the flag, which it reads before each
 * run; the request to the vCPU, which makes a run that begins after the thread has read the flag return at once; the
 * kick, which ends a run that has begun. The flags are read between two runs only, so an exit that has been returned is
 * always served, once, before the thread parks or ends; the value of a load then waits in the vCPU for the next run.
 */
final class VcpuThread {

    /** A kick is repeated until the thread has ended or parked: a driver might lose one. */
    private static final long KICK_PERIOD_MS = 100;

    /** What users see of the kinds of exits. */
    private static final Map<VcpuExit.Kind, String> NAMES = Stream.of(VcpuExit.Kind.values())
            .collect(Collectors.toUnmodifiableMap(
                    Function.identity(),
                    kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-')));

    private final Vcpu vcpu;
    private final VcpuExitEvent exitEvent;
    private final MmioBus bus;
    private final VmEnd end;
    private final Thread thread;
    private final Map<VcpuExit.Kind, AtomicLong> returns = new EnumMap<>(VcpuExit.Kind.class);
    private volatile boolean stopping;
    private volatile boolean pausing;
    private volatile KickableThread kickable;

    /** Guards {@link #place}, and is notified of its changes. */
    private final Object parking = new Object();

    private Place place = Place.OUTSIDE;

    /** Where the thread is. */
    private enum Place {
        /** Not started, or ended. */
        OUTSIDE,
        /** It runs the guest or serves an exit. */
        AT_WORK,
        /** It waits for {@link #resume}. */
        PARKED
    }

    VcpuThread(Vcpu vcpu, MmioBus bus, VmEnd end) {
        this.vcpu = vcpu;
        this.exitEvent = new VcpuExitEvent(vcpu.id());
        this.bus = bus;
        this.end = end;
        for (VcpuExit.Kind kind : VcpuExit.Kind.values()) {
            returns.put(kind, new AtomicLong());
        }
        this.thread = new Thread(this::run, "vcpu-" + vcpu.id());
    }

    void start() {
        thread.start();
    }

    /** Makes the thread park soon. May be called from any thread, before or after {@link #start}. */
    void requestPause() {
        pausing = true;
        interruptRun();
    }

    /**
     * Waits until the thread has parked, is about to end, or has not started, and kicks it meanwhile. To be called after
     * {@link #requestPause}.
     */
    void awaitParked() {
        boolean interrupted = false;
        while (!isAway()) {
            interruptRun();
            try {
                synchronized (parking) {
                    if (place == Place.AT_WORK) {
                        parking.wait(KICK_PERIOD_MS);
                    }
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isAway() {
        synchronized (parking) {
            return place != Place.AT_WORK;
        }
    }

    /** Ends {@link #requestPause}. */
    void resume() {
        pausing = false;
        synchronized (parking) {
            parking.notifyAll();
        }
    }

    /** Makes the thread end soon. May be called from any thread, before or after {@link #start}, and again. */
    void requestStop() {
        stopping = true;
        interruptRun();
        synchronized (parking) {
            parking.notifyAll();
        }
    }

    private void interruptRun() {
        vcpu.requestExit();
        KickableThread target = kickable;
        if (target != null) {
            target.kick();
        }
    }

    /** Waits until the thread has ended, kicking it meanwhile. To be called after {@link #requestStop}. */
    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(KICK_PERIOD_MS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            requestStop();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the counts so far. May be called from any thread. */
    VcpuStatus status() {
        Map<String, Long> byReason = new LinkedHashMap<>();
        long total = 0;
        for (Map.Entry<VcpuExit.Kind, AtomicLong> entry : returns.entrySet()) {
            long count = entry.getValue().get();
            total += count;
            if (count > 0) {
                byReason.put(NAMES.get(entry.getKey()), count);
            }
        }
        return new VcpuStatus(vcpu.id(), total, byReason);
    }

    private void run() {
        try {
            KickableThread self = KickableThread.prepareCurrent();
            kickable = self;
            moveTo(Place.AT_WORK);
            try {
                work();
            } finally {
                moveTo(Place.OUTSIDE);
                self.end();
            }
        } catch (RuntimeException | Error e) {
            end.fail(e);
        }
    }

    private void work() {
        while (!stopping) {
            if (pausing) {
                park();
                continue;
            }
            VcpuExit exit = vcpu.run();
            returns.get(exit.kind()).incrementAndGet();
            if (exitEvent.isEnabled()) {
                serveRecorded(exit);
            } else {
                serve(exit);
            }
        }
    }

    private void moveTo(Place next) {
        synchronized (parking) {
            place = next;
            parking.notifyAll();
        }
    }

    /* Nobody interrupts this thread, since it is not known outside. */
    private void park() {
        synchronized (parking) {
            moveTo(Place.PARKED);
            while (pausing && !stopping) {
                try {
                    parking.wait();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(thread.getName() + " was interrupted", e);
                }
            }
            place = Place.AT_WORK;
        }
    }

    private void serveRecorded(VcpuExit exit) {
        exitEvent.begin(exit, NAMES.get(exit.kind()));
        serve(exit);
        exitEvent.write();
    }

    private void serve(VcpuExit exit) {
        switch (exit) {
            case VcpuExit.Mmio access -> serveAccess(access);
            case VcpuExit.Interrupted ignored -> {}
            case VcpuExit.Hypercall ignored -> vcpu.refuseHypercall();
            case VcpuExit.SystemEvent event -> finish(outcomeOf(event.type()));
            case VcpuExit.Failure failure ->
                finish(new VmOutcome.Crashed("vCPU " + vcpu.id() + ": " + failure.reason()));
        }
    }

    private void serveAccess(VcpuExit.Mmio access) {
        MmioBus.Range range = bus.find(access.address(), access.size());
        if (range == null) {
            finish(new VmOutcome.UnmappedAccess(
                    vcpu.id(), access.address(), access.isWrite(), access.size(), access.value()));
        } else if (access.isWrite()) {
            range.write(access.address(), access.size(), access.value());
        } else {
            vcpu.completeLoad(range.read(access.address(), access.size()));
        }
    }

    private VmOutcome outcomeOf(VcpuExit.SystemEventType type) {
        return switch (type) {
            case POWER_OFF -> new VmOutcome.PoweredOff();
            case RESET -> new VmOutcome.Reset();
            case CRASH -> new VmOutcome.Crashed("vCPU " + vcpu.id() + ": the guest reported a crash");
            case UNSUPPORTED ->
                new VmOutcome.Crashed("vCPU " + vcpu.id() + ": the guest caused a system event that nobody handles");
        };
    }

    private void finish(VmOutcome outcome) {
        stopping = true;
        end.complete(outcome);
    }
}
