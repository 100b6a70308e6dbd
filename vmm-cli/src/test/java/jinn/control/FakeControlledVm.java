package jinn.control;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.error.HostException;
import jinn.vm.BalloonStatus;
import jinn.vm.ConsolePiece;
import jinn.vm.NetworkStatus;
import jinn.vm.PowerButtonPress;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.SocketStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VmState;

/** A VM without a guest, with as many doorbells as a test wants and one vCPU. */
public final class FakeControlledVm implements ControlledVm {

    private static final int KEPT_CHARS = 100_000;

    private final int doorbells;
    private final StringBuilder typed = new StringBuilder();
    private final List<String> sizes = new ArrayList<>();
    private String written = "";
    private int room = Integer.MAX_VALUE;
    private volatile Runnable watcher = () -> {};
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger stops = new AtomicInteger();
    private volatile Runnable onStop = () -> {};
    private volatile PowerButtonPress powerButton = PowerButtonPress.NO_DRIVER;
    private volatile Runnable onPowerButton = () -> {};
    private volatile Runnable beforePause = () -> {};
    private volatile VmState state = VmState.RUNNING;
    private volatile Optional<BalloonStatus> balloon = Optional.empty();

    /** Makes a VM with doorbells {@code d0}, {@code d1} and so on. */
    public FakeControlledVm(int doorbells) {
        this.doorbells = doorbells;
    }

    /** Sets what a request to stop does. */
    public void onStop(Runnable action) {
        onStop = action;
    }

    /** Returns how often the VM was asked to stop. */
    public int stops() {
        return stops.get();
    }

    /** Returns the doorbell {@code dN} with this many rings of the driver. */
    public static DoorbellStatus doorbell(int number, long rings) {
        return new DoorbellStatus("d" + number, 0x0b00_0000L + 8L * number, 4, "*", DoorbellPath.KERNEL, "", rings, 0);
    }

    /** Returns the doorbells; each time somebody asks, all of them have rung once more. */
    @Override
    public List<DoorbellStatus> doorbells() {
        int rings = asked.incrementAndGet();
        List<DoorbellStatus> all = new ArrayList<>();
        for (int i = 0; i < doorbells; i++) {
            all.add(doorbell(i, rings));
        }
        return all;
    }

    @Override
    public List<VcpuStatus> vcpus() {
        Map<String, Long> reasons = new LinkedHashMap<>();
        reasons.put("mmio", 5L);
        reasons.put("interrupted", 2L);
        return List.of(new VcpuStatus(0, 7, reasons));
    }

    @Override
    public List<QueueStatus> queues() {
        return List.of(new QueueStatus("rng0/0", 5, 1, 4, 6, 3, 1, 0));
    }

    @Override
    public List<NetworkStatus> networks() {
        return List.of(new NetworkStatus("net1/0", 10, 15_000, 1), new NetworkStatus("net1/1", 20, 1200, 0));
    }

    @Override
    public List<SocketStatus> sockets() {
        return List.of(new SocketStatus("vsock2", 1, 3, 2, 400, 500, 6));
    }

    @Override
    public List<RegisterStatus> registers() {
        return List.of(
                new RegisterStatus("rng0", true, "", 0, 3, 1), new RegisterStatus("net1", false, "asked for", 7, 0, 6));
    }

    /** Lets the VM have a balloon of 64 MiB, of which the guest has given half. */
    public void addBalloon() {
        balloon = Optional.of(new BalloonStatus(
                64L << 20, 32L << 20, 4096, OptionalLong.of(512L << 20), OptionalLong.empty(), OptionalLong.empty()));
    }

    @Override
    public Optional<BalloonStatus> balloon() {
        return balloon;
    }

    @Override
    public void setBalloon(long bytes) {
        BalloonStatus before = balloon.orElseThrow(() -> new HostException("the VM has no balloon"));
        balloon = Optional.of(new BalloonStatus(
                bytes, before.actual(), before.reported(), before.total(), before.free(), before.available()));
    }

    @Override
    public VmState state() {
        return state;
    }

    /** Waits for what the test wants to wait for, and then refuses what is so already. */
    @Override
    public void pause() {
        beforePause.run();
        change(VmState.RUNNING, VmState.PAUSED, "cannot pause: it is paused already");
    }

    @Override
    public void resume() {
        change(VmState.PAUSED, VmState.RUNNING, "cannot resume: it is running already");
    }

    private synchronized void change(VmState from, VmState to, String refusal) {
        if (state != from) {
            throw new HostException("vm web: " + refusal);
        }
        state = to;
    }

    /** Sets what a pause waits for. */
    public void beforePause(Runnable action) {
        beforePause = action;
    }

    /** Lets the consoles write. */
    public void write(String text) {
        synchronized (this) {
            written = written + text;
        }
        watcher.run();
    }

    /** Sets how many bytes of input the guest takes before there is no room; negative for a VM without input. */
    public void setRoom(int bytes) {
        synchronized (this) {
            room = bytes;
        }
        watcher.run();
    }

    /** Returns what was typed and taken. */
    public synchronized String typed() {
        return typed.toString();
    }

    /** Keeps the last {@value #KEPT_CHARS} characters. */
    @Override
    public synchronized ConsolePiece consoleOutput(long position, int maximum) {
        int oldest = Math.max(0, written.length() - KEPT_CHARS);
        int start = Math.clamp(position, oldest, written.length());
        String piece = written.substring(start, Math.min(written.length(), start + maximum));
        return new ConsolePiece(start, piece.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void watchConsole(Runnable newWatcher) {
        watcher = newWatcher;
    }

    @Override
    public synchronized boolean takesInput() {
        return room >= 0;
    }

    @Override
    public synchronized int type(byte[] bytes) {
        int taken = Math.min(bytes.length, room);
        typed.append(new String(bytes, 0, taken, StandardCharsets.ISO_8859_1));
        room -= taken;
        return taken;
    }

    @Override
    public synchronized void resizeConsole(int columns, int rows) {
        sizes.add(columns + "x" + rows);
    }

    /** Returns the sizes that the console was told, as {@code COLUMNSxROWS}. */
    public synchronized List<String> sizes() {
        return List.copyOf(sizes);
    }

    @Override
    public synchronized boolean hasRoom() {
        return room > 0;
    }

    /** Sets what a press of the power button comes to, and what happens then. Without, the guest has no driver. */
    public void onPowerButton(PowerButtonPress result, Runnable action) {
        powerButton = result;
        onPowerButton = action;
    }

    @Override
    public PowerButtonPress pressPowerButton() {
        onPowerButton.run();
        return powerButton;
    }

    @Override
    public void stop() {
        stops.incrementAndGet();
        onStop.run();
    }
}
