package jinn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A manual page in roff (man(7)) of what a command says of itself. */
final class ManPage {

    private final CommandLine command;
    private final CommandSpec spec;
    private final List<String> lines = new ArrayList<>();

    private ManPage(CommandLine command) {
        this.command = command;
        this.spec = command.getCommandSpec();
    }

    /** Returns the name of the command's page, for example {@code jinn-run}. */
    static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName("-");
    }

    /** Returns the page. */
    static String text(CommandLine command) {
        ManPage page = new ManPage(command);
        page.write();
        return String.join("\n", page.lines) + "\n";
    }

    private void write() {
        lines.add(".TH " + name(command).toUpperCase(Locale.ROOT) + " 1 \"\" \"jinn " + Version.current()
                + "\" \"Jinn\"");
        section("NAME");
        String[] description = spec.usageMessage().description();
        lines.add(escape(name(command)) + " \\- " + escape(firstSentence(description)));
        section("SYNOPSIS");
        lines.add(".B " + escape(spec.qualifiedName()));
        lines.add(escape(synopsis()));
        section("DESCRIPTION");
        for (String paragraph : description) {
            lines.add(".PP");
            lines.add(escape(plain(paragraph)));
        }
        parameters();
        options();
        commands();
        exitCodes();
        examples();
        seeAlso();
    }

    private static String firstSentence(String[] description) {
        String text = plain(description[0]);
        int end = text.indexOf(". ");
        String sentence = end < 0 ? text : text.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    private String synopsis() {
        String line = command.getHelp().synopsis(0).strip().replaceAll("\\s+", " ");
        return line.startsWith(spec.qualifiedName())
                ? line.substring(spec.qualifiedName().length()).strip()
                : line;
    }

    private void parameters() {
        if (spec.positionalParameters().isEmpty()) {
            return;
        }
        section("ARGUMENTS");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            entry(parameter.paramLabel(), parameter.description());
        }
    }

    private void options() {
        section("OPTIONS");
        for (OptionSpec option : spec.options()) {
            String label = option.arity().max() > 0 ? "=" + option.paramLabel() : "";
            entry(String.join(", ", option.names()) + label, described(option));
        }
    }

    private static String[] described(OptionSpec option) {
        String[] description = option.description().clone();
        for (int i = 0; i < description.length; i++) {
            description[i] = description[i].replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()));
        }
        return description;
    }

    private void commands() {
        if (spec.subcommands().isEmpty()) {
            return;
        }
        section("COMMANDS");
        visible()
                .forEach(sub -> entry(
                        sub.getCommandName(),
                        firstSentence(sub.getCommandSpec().usageMessage().description()) + "."));
    }

    private List<CommandLine> visible() {
        return command.getSubcommands().values().stream()
                .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
                .distinct()
                .toList();
    }

    private void exitCodes() {
        section("EXIT STATUS");
        for (ExitCode code : ExitCode.values()) {
            entry(Integer.toString(code.number()), code.meaning());
        }
    }

    private void examples() {
        if (spec.usageMessage().footer().length == 0) {
            return;
        }
        section("EXAMPLES");
        lines.add(".nf");
        for (String example : spec.usageMessage().footer()) {
            lines.add(escape(plain(example).strip()));
        }
        lines.add(".fi");
    }

    private void seeAlso() {
        section("SEE ALSO");
        List<String> pages = spec.subcommands().isEmpty()
                ? List.of("jinn")
                : visible().stream().map(ManPage::name).toList();
        lines.add(String.join(
                ",\n",
                pages.stream().map(page -> "\\fB" + escape(page) + "\\fR(1)").toList()));
    }

    private void section(String title) {
        lines.add(".SH " + title);
    }

    private void entry(String term, String... text) {
        lines.add(".TP");
        lines.add("\\fB" + escape(term) + "\\fR");
        for (String line : text) {
            lines.add(escape(plain(line)));
        }
    }

    /** Returns a text of the model without its markup and escapes. */
    private static String plain(String text) {
        return Ansi.OFF.string(text.replace("%n", "\n").replace("%%", "%"));
    }

    /* A line of roff that begins with a dot or an apostrophe is a request; a hyphen that is typed is a minus. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-").replaceAll("\\s*\n\\s*", " ");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
