package jinn.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code jinn} command. */
@Command(
        name = "jinn",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Runs virtual machines on GenieZone.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunCommand.class,
            PsCommand.class,
            DoorbellsCommand.class,
            StatsCommand.class,
            EventsCommand.class,
            ConsoleCommand.class,
            PauseCommand.class,
            BalloonCommand.class,
            ResumeCommand.class,
            StopCommand.class,
            CheckCommand.class,
            InitCommand.class,
            MapCommand.class,
            DtbCommand.class,
            DoctorCommand.class,
            InfoCommand.class,
            CompletionCommand.class,
            ManCommand.class
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn doctor", "  jinn init --kernel=Image vm.json", "  jinn run vm.json"})
public final class Main implements Runnable {

    /** The subcommands whose result depends on all. */
    private static final Set<Class<?>> OF_ALL = Set.of(CompletionCommand.class, ManCommand.class);

    private static final String EXIT_CODES = "exitCodes";

    @Spec
    private CommandSpec spec;

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(execute(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    /** Runs the command and returns its exit code. */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        return PlainCommand.of(new Streams(out, err), args)
                .map(PlainCommand::execute)
                .orElseGet(() -> parse(out, err, args));
    }

    /** The same for any command line, by picocli. */
    static int parse(PrintWriter out, PrintWriter err, String... args) {
        ErrorReporter reporter = new ErrorReporter();
        CommandLine command = commandLine(args)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(reporter)
                .setExecutionExceptionHandler(reporter);
        showExitCodes(command);
        return command.execute(args);
    }

    /**
     * Returns the command with the one subcommand that the arguments name, or with all. To read the annotations of all takes
     * longer than the JVM's start. Scripts for completion and manual pages are made of all.
     */
    private static CommandLine commandLine(String... args) {
        for (Class<?> subcommand : Main.class.getAnnotation(Command.class).subcommands()) {
            if (args.length > 0 && !OF_ALL.contains(subcommand) && isNamed(subcommand, args[0])) {
                return new CommandLine(new OneCommand()).addSubcommand(subcommand);
            }
        }
        return new CommandLine(new Main());
    }

    /** The classes are called as their commands are: {@code RunCommand} is {@code run}. */
    private static boolean isNamed(Class<?> subcommand, String name) {
        return subcommand.getSimpleName().equalsIgnoreCase(name + "Command")
                && name.equals(name.toLowerCase(Locale.ROOT));
    }

    /** The command, without a subcommand yet. */
    @Command(name = "jinn", mixinStandardHelpOptions = true, versionProvider = Version.class)
    private static final class OneCommand {}

    /** Without a subcommand there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** Ends the help of the command and of its subcommands with the exit codes. */
    private static void showExitCodes(CommandLine command) {
        List<String> sections = new ArrayList<>(command.getHelpSectionKeys());
        sections.add(EXIT_CODES);
        command.setHelpSectionKeys(sections);
        addExitCodes(command);
        command.getSubcommands().values().forEach(Main::addExitCodes);
    }

    private static void addExitCodes(CommandLine command) {
        command.getHelpSectionMap()
                .put(EXIT_CODES, help -> "\nExit codes:\n" + String.join("\n", ExitCode.table()) + "\n");
    }
}
