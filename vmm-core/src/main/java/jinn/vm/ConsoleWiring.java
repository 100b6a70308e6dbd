package jinn.vm;

import java.util.Optional;
import jinn.config.ConsoleTarget;
import jinn.posix.FileDescriptor;
import jinn.serial.Pl011;
import jinn.virtio.InterruptLine;
import jinn.virtio.device.Console;
import jinn.virtio.device.ConsoleOutput;

/** Makes the consoles of one VM, and knows which of them takes the user's input. */
final class ConsoleWiring {

    private final VmConsole console;
    private final Optional<TerminalOutput> output;
    private Optional<InputSink> terminalConsole = Optional.empty();
    private String terminalOwner = "";

    /** Lets the consoles write to {@code console} and to the terminal's output, which stays the caller's to close. */
    ConsoleWiring(TerminalIo terminal, VmConsole console) {
        this.console = console;
        this.output = terminal.output() == TerminalIo.NONE
                ? Optional.empty()
                : Optional.of(new TerminalOutput(FileDescriptor.borrowing(terminal.output(), "the output")));
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

    Console virtio(ConsoleTarget target, String name) {
        ConsoleOutput sink = target == ConsoleTarget.NONE ? (bytes, offset, length) -> {} : this::write;
        Console made = new Console(name, sink, 0, 0);
        if (target == ConsoleTarget.TERMINAL) {
            terminalConsole = Optional.of(new ConsoleSink(made));
            terminalOwner = name;
        }
        return made;
    }

    private record SerialSink(Pl011 serial) implements InputSink {
        @Override
        public int receive(byte[] bytes, int offset, int length) {
            return serial.receive(bytes, offset, length);
        }

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
        public void onSpace(Runnable runnable) {
            console.onInputSpace(runnable);
        }
    }
}
