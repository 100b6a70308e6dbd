package jinn.config;

/** What is at the host's end of a network device. */
public enum NetBackendKind {
    /** User-mode networking by the program passt, which needs no rights. */
    PASST,
    /** An interface of the host, which somebody with the rights has made. */
    TAP
}
