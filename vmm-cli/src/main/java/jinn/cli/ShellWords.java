package jinn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What a shell can complete: jinn's commands, and for each its options and what its arguments are. */
final class ShellWords {

    /** What an argument is, as far as a shell can offer some. */
    sealed interface Kind {}

    /** One of these words. */
    record Choice(List<String> words) implements Kind {}

    /** What the shell has to look for. */
    enum Place implements Kind {
        /** Nothing that a shell knows. */
        OTHER,
        FILE,
        DIRECTORY,
        /** A VM's description. */
        DESCRIPTION,
        /** The name of a VM that runs. */
        VM
    }

    /**
     * An option.
     *
     * @param names with their dashes
     * @param takesValue whether a value follows, of the {@code kind}
     */
    record Option(List<String> names, String description, boolean takesValue, Kind kind) {}

    /**
     * A command.
     *
     * @param arguments what its arguments are; {@link Place#OTHER} where it has none too
     */
    record Subcommand(String name, String description, List<Option> options, Kind arguments) {}

    private ShellWords() {}

    /** Returns the commands that the help shows. */
    static List<Subcommand> of(CommandLine root) {
        List<Subcommand> commands = new ArrayList<>();
        for (CommandLine command : root.getSubcommands().values()) {
            CommandSpec spec = command.getCommandSpec();
            if (!spec.usageMessage().hidden()) {
                commands.add(new Subcommand(
                        spec.name(),
                        firstSentence(spec.usageMessage().description()),
                        spec.options().stream().map(ShellWords::option).toList(),
                        spec.positionalParameters().isEmpty()
                                ? Place.OTHER
                                : kind(spec.positionalParameters().getFirst())));
            }
        }
        return commands;
    }

    private static Option option(OptionSpec option) {
        return new Option(
                List.of(option.names()),
                firstSentence(option.description()),
                option.arity().max() > 0,
                kind(option));
    }

    private static Kind kind(ArgSpec argument) {
        if (argument.typeInfo().isEnum()) {
            return new Choice(argument.typeInfo().getEnumConstantNames().stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList());
        }
        return switch (argument.paramLabel()) {
            case "FILE" -> argument.isPositional() ? Place.DESCRIPTION : Place.FILE;
            case "PATH", "DTB" -> Place.FILE;
            case "DIR" -> Place.DIRECTORY;
            case "NAME" -> Place.VM;
            default -> Place.OTHER;
        };
    }

    private static String firstSentence(String[] description) {
        String text = description.length == 0 ? "" : Ansi.OFF.string(description[0].replace("%n", " "));
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text : text.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
