/** The {@code jinn} command. */
module jinn.cli {
    requires info.picocli;
    requires tools.jackson.core;
    requires jinn.core;

    opens jinn.cli to
            info.picocli;
}
