package jinn.cli;

import java.io.PrintWriter;
import jinn.error.VmmException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one place that turns failures into lines on the standard error and into exit codes. */
final class ErrorReporter implements IExecutionExceptionHandler, IParameterExceptionHandler {

    /** A command whose failures can be told in full. */
    interface Source {

        boolean isVerbose();
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        boolean verbose = command.getCommand() instanceof Source source && source.isVerbose();
        return report(failure, verbose, command.getErr()).number();
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String line = firstLine(failure.getMessage());
        command.getErr()
                .println("jinn: " + line + "; try '" + command.getCommandSpec().qualifiedName() + " --help'");
        return ExitCode.USAGE.number();
    }

    /** Tells the failure on {@code err}, with its stack trace when {@code verbose}, and returns its exit code. */
    static ExitCode report(Exception failure, boolean verbose, PrintWriter err) {
        ExitCode code = ExitCode.FAILURE;
        if (failure instanceof VmmException told) {
            told.getMessage().lines().forEach(problem -> err.println("jinn: " + problem));
            code = ExitCode.of(told);
        } else {
            err.println("jinn: internal error: " + firstLine(failure.toString())
                    + (verbose ? "" : "; --verbose shows where"));
        }
        if (verbose) {
            failure.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
