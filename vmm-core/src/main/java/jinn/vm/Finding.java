package jinn.vm;

/**
 * One thing that {@link HostExamination} has looked at.
 *
 * @param topic what was looked at, in one or two words
 * @param text what was found, in one line
 * @param remedy what to do about it, in one line; empty when nothing has to be done
 */
public record Finding(Verdict verdict, String topic, String text, String remedy) {

    /** What a finding means for running VMs. */
    public enum Verdict {
        /** As it should be. */
        GOOD,
        /** VMs run, but something is slower, smaller or missing. */
        WARNING,
        /** No VM can run. */
        BAD
    }

    static Finding good(String topic, String text) {
        return new Finding(Verdict.GOOD, topic, text, "");
    }

    static Finding warning(String topic, String text, String remedy) {
        return new Finding(Verdict.WARNING, topic, text, remedy);
    }

    static Finding bad(String topic, String text, String remedy) {
        return new Finding(Verdict.BAD, topic, text, remedy);
    }
}
