package jinn.config;

/** Who can read a VM's memory. */
public enum ProtectionMode {
    /** The guest and the host. */
    NONE,
    /** The guest alone, but for the bounce buffer. */
    PROTECTED
}
