package jinn.vm;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import jinn.backend.ConsoleFile;
import jinn.backend.ConsoleSocket;
import jinn.config.ConsoleTarget;
import jinn.config.DeviceConfig;
import jinn.event.EventLoop;
import jinn.serial.Pl011;
import jinn.virtio.InterruptLine;
import jinn.virtio.console.Console;
import jinn.virtio.console.ConsoleOutput;
import jinn.virtio.console.PortEnd;

/** Makes the consoles of one VM, and knows which of them takes the user's input. */
final class ConsoleWiring {

    private final VmConsole console;
    private final UndoStack resources;
    private final Consumer<String> warnings;
    private final Optional<TerminalOutput> output;
    private Optional<InputSink> terminalConsole = Optional.empty();
    private String terminalOwner = "";

    /**
     * Lets the consoles write to {@code console} and to the terminal's output, which stays the caller's to close.
     *
     * @param resources learns how to give back what is behind further ports
     * @param warnings gets one line for the user when something of the host fails, on any thread
     */
    ConsoleWiring(TerminalIo terminal, VmConsole console, UndoStack resources, Consumer<String> warnings) {
        this.console = console;
        this.resources = resources;
        this.warnings = warnings;
        this.output = terminal.output();
    }

    /* Kept first: a terminal that holds its reader up must not hold up those who watch from elsewhere. */
    private void write(byte value) {
        console.write(value);
        output.ifPresent(terminal -> terminal.write(value));
    }

    private void write(byte[] bytes, int offset, int length) {
        console.write(bytes, offset, length);
        output.ifPresent(terminal -> terminal.write(bytes, offset, length));
    }

    /** Returns the console that takes the user's input, among those made so far. */
    Optional<InputSink> terminalConsole() {
        return terminalConsole;
    }

    /** Returns the name of the device whose console that is; empty for the serial port, which is none. */
    String terminalOwner() {
        return terminalOwner;
    }

    Pl011 serial(ConsoleTarget target, InterruptLine line) {
        Pl011 serial = new Pl011(target == ConsoleTarget.NONE ? ignored -> {} : this::write, line);
        if (target == ConsoleTarget.TERMINAL) {
            terminalConsole = Optional.of(new SerialSink(serial));
        }
        return serial;
    }

    /**
     * Makes a console device.
     *
     * @param loop the one of its queues
     */
    Console virtio(DeviceConfig.Console config, String name, EventLoop loop) {
        ConsoleTarget target = config.target();
        ConsoleOutput sink = target == ConsoleTarget.NONE ? (bytes, offset, length) -> {} : this::write;
        List<Console.NamedPort> ports = config.ports().stream()
                .map(port -> new Console.NamedPort(port.name(), end(port, name, loop)))
                .toList();
        Console made = new Console(name, sink, target == ConsoleTarget.TERMINAL, ports);
        if (target == ConsoleTarget.TERMINAL) {
            terminalConsole = Optional.of(new ConsoleSink(made));
            terminalOwner = name;
        }
        return made;
    }

    private PortEnd end(DeviceConfig.ConsolePort port, String name, EventLoop loop) {
        Consumer<String> told = message -> warnings.accept(name + ": port " + port.name() + ": " + message);
        if (port.socket().isPresent()) {
            ConsoleSocket socket = ConsoleSocket.listen(port.socket().get(), loop, told);
            resources.push(socket::close);
            return socket;
        }
        ConsoleFile file = ConsoleFile.create(port.file().orElseThrow(), told);
        resources.push(file::close);
        return file;
    }

    private record SerialSink(Pl011 serial) implements InputSink {
        @Override
        public int receive(byte[] bytes, int offset, int length) {
            return serial.receive(bytes, offset, length);
        }

        /* A UART does not know what is at the other end of its wire. */
        @Override
        public void resize(int columns, int rows) {}

        @Override
        public void onSpace(Runnable runnable) {
            serial.onInputSpace(runnable);
        }
    }

    private record ConsoleSink(Console console) implements InputSink {
        @Override
        public int receive(byte[] bytes, int offset, int length) {
            return console.receive(bytes, offset, length);
        }

        @Override
        public void resize(int columns, int rows) {
            console.resize(columns, rows);
        }

        @Override
        public void onSpace(Runnable runnable) {
            console.onInputSpace(runnable);
        }
    }
}
