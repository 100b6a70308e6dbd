package jinn.vm;

/** Tells the failures of code that is not Jinn's. */
final class Failures {

    private Failures() {}

    /** Returns what was thrown and where, for example {@code IllegalStateException: empty (Lamp.java:31)}. */
    static String inOneLine(Throwable failure) {
        StringBuilder text = new StringBuilder(failure.getClass().getSimpleName());
        if (failure.getMessage() != null) {
            text.append(": ").append(failure.getMessage().lines().findFirst().orElse(""));
        }
        StackTraceElement[] trace = failure.getStackTrace();
        if (trace.length > 0 && trace[0].getFileName() != null) {
            text.append(" (")
                    .append(trace[0].getFileName())
                    .append(':')
                    .append(trace[0].getLineNumber())
                    .append(')');
        }
        return text.toString();
    }
}
