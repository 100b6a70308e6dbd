package jinn.lab;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The image {@code jinn-lab}: a lab machine that runs one VM, or one command in its host.
 *
 * <pre>{@code
 * try (var lab = new JinnLabContainer().withConfig(Path.of("vm.json"))) {
 *     lab.start();
 *     lab.await("# ");
 *     lab.type("devmem 0x0b000000 32 1");
 *     lab.awaitDoorbell("demo", 1);
 *     lab.type("poweroff -f");
 *     assertEquals(0, lab.awaitEnd());
 *     assertEquals(1, lab.report().doorbell("demo").kernel());
 * }
 * }</pre>
 *
 * <p>The container has no network and no capabilities, and its root file system is read-only. The image is never pulled.
 */
public final class JinnLabContainer extends GenericContainer<JinnLabContainer> implements LabMachine {

    /** The image that {@code make container} builds; the environment variable {@code JINN_LAB_IMAGE} names another. */
    public static final String DEFAULT_IMAGE = "jinn-lab:latest";

    /** In the image a volume, so that files can be mounted there though the root file system is read-only. */
    private static final String FILES = "/vm";

    private static final String LOCK = "/run/jinn-lab.lock";

    private final Console console = new Console();
    private final KeyboardStream keyboard = new KeyboardStream();
    private final List<Bind> binds = new ArrayList<>();
    private final List<String> command = new ArrayList<>(List.of("run", "configs/linux.json"));

    /** A machine of the image {@link #DEFAULT_IMAGE}, with the config {@code configs/linux.json} unless told otherwise. */
    public JinnLabContainer() {
        this(DockerImageName.parse(Objects.requireNonNullElse(System.getenv("JINN_LAB_IMAGE"), DEFAULT_IMAGE)));
    }

    /** A machine of another image, which has to be there. */
    public JinnLabContainer(DockerImageName image) {
        super(image);
        withImagePullPolicy(name -> false);
        withNetworkMode("none");
        withEnv("LAB_REPORT", "1");
        withCreateContainerCmdModifier(JinnLabContainer::confine);
        withCreateContainerCmdModifier(
                create -> Objects.requireNonNull(create.getHostConfig()).withBinds(binds.toArray(Bind[]::new)));
        Optional.ofNullable(System.getenv("JINN_LAB_LOCK")).ifPresent(lock -> withMachineLock(Path.of(lock)));
        LabConsoles.started(console);
    }

    /**
     * Runs the VM that the file describes. The container sees the file, with every file that one of its strings names:
     * kernels, initrds, disks; the machine works on copies. They have to be on the engine's machine, their paths relative
     * to the file, as {@code jinn} takes them.
     */
    public JinnLabContainer withConfig(Path config) {
        ConfigFiles.of(config).forEach(file -> bind(file, FILES + file));
        return withShippedConfig(FILES + config.toAbsolutePath().normalize());
    }

    /** Runs the VM that a file of the image describes, such as {@code configs/linux.json}. */
    public JinnLabContainer withShippedConfig(String config) {
        command.set(0, "run");
        command.subList(1, command.size()).clear();
        command.add(config);
        return self();
    }

    /** Gives {@code jinn run} more options, such as {@code --doorbells=userspace}; to be called after the config. */
    public JinnLabContainer withJinnOptions(String... options) {
        command.addAll(Arrays.asList(options));
        return self();
    }

    /** Runs a command of the host's shell as root instead of a VM; {@link #awaitEnd} has its exit code. */
    public JinnLabContainer withHostCommand(String shellCommand) {
        command.clear();
        command.addAll(List.of("boot", "--timeout", Long.toString(PATIENCE.toSeconds()), "--command", shellCommand));
        return self();
    }

    /** Gives {@code jinn-lab boot} more options, which its {@code --help} lists; to be called after the command. */
    public JinnLabContainer withBootOptions(String... options) {
        command.addAll(Arrays.asList(options));
        return self();
    }

    /** Puts a file into the host where the host command finds it; to be called after the command. */
    public JinnLabContainer withHostFile(Path file, String hostPath) {
        String copy = FILES + file.toAbsolutePath().normalize();
        bind(file.toAbsolutePath().normalize(), copy);
        return withBootOptions("--file", copy + ":" + hostPath);
    }

    /**
     * Sets the CPUs of the machine's host, not of its VM.
     *
     * @param cpus 1, 2 (the default) or 4
     */
    public JinnLabContainer withHostCpus(int cpus) {
        return withEnv("LAB_CPUS", Integer.toString(cpus));
    }

    /** Lets the machine count time in instructions: with the same input it writes the same console. It has one CPU then. */
    public JinnLabContainer withCountedTime() {
        return withEnv("LAB_ICOUNT", "1");
    }

    /** Makes the machine wait until no other holds the file's lock; the file has to be on the engine's machine. */
    public JinnLabContainer withMachineLock(Path lock) {
        withEnv("LAB_LOCK", LOCK);
        bind(lock.toAbsolutePath(), LOCK);
        return self();
    }

    private void bind(Path file, String target) {
        binds.add(new Bind(file.toString(), new Volume(target), AccessMode.ro));
    }

    @Override
    public Console console() {
        return console;
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        if (getContainerId() == null) {
            throw new IOException("cannot type: the container has not been started");
        }
        keyboard.send(bytes);
    }

    @Override
    public int awaitEnd(Duration limit) throws InterruptedException {
        console.awaitEnd(limit);
        return dockerClient
                .waitContainerCmd(getContainerId())
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        keyboard.close();
        super.close();
    }

    @Override
    protected void configure() {
        setCommand(command.toArray(String[]::new));
    }

    /**
     * Attaches to the container before it starts, so that nothing is missed. The engine's logs would not do: they have
     * whole lines only, and a shell's prompt is none.
     */
    @Override
    protected void containerIsCreated(String containerId) {
        try {
            dockerClient
                    .attachContainerCmd(containerId)
                    .withStdIn(keyboard)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withFollowStream(true)
                    .exec(new ConsoleReader())
                    .awaitStarted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the lab machine started", e);
        }
    }

    private static void confine(CreateContainerCmd create) {
        create.withStdinOpen(true);
        Objects.requireNonNull(create.getHostConfig())
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"));
    }

    /** Takes what the container writes to the console. */
    private final class ConsoleReader extends ResultCallback.Adapter<Frame> {

        @Override
        public void onNext(Frame frame) {
            console.append(frame.getPayload());
        }

        @Override
        public void onError(Throwable failure) {
            console.append("\n(the console cannot be read any more: " + failure + ")\n");
            super.onError(failure);
        }

        @Override
        public void close() throws IOException {
            console.end();
            super.close();
        }
    }
}
