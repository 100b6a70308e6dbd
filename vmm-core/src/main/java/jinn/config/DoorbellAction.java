package jinn.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a user doorbell does when it rings, besides being counted and shown. */
public sealed interface DoorbellAction {

    /** Nothing more. */
    record Count() implements DoorbellAction {}

    /** Tells each ring with its time, at a limited rate. */
    record Log() implements DoorbellAction {}

    /**
     * Runs a program.
     *
     * @param command the program and its arguments, as they are: no shell sees them
     */
    record Run(List<String> command) implements DoorbellAction {

        /** Takes a copy. */
        public Run {
            command = List.copyOf(command);
        }
    }

    /**
     * Sends an eventfd to whoever listens at a Unix socket, and adds each ring to it.
     *
     * @param socket path of the socket
     */
    record Send(Path socket) implements DoorbellAction {}

    /**
     * Calls a handler of somebody's own, made by a {@code jinn.extension.DoorbellHandlerProvider}.
     *
     * @param jar where the provider is
     * @param provider its name
     * @param settings what it is told, texts by their keys
     */
    record Java(Path jar, String provider, Map<String, String> settings) implements DoorbellAction {

        /** Takes a copy of the settings. */
        public Java {
            settings = Map.copyOf(settings);
        }
    }

    /** Ends the VM. */
    record Shutdown() implements DoorbellAction {}

    /** Pauses the VM. */
    record Pause() implements DoorbellAction {}
}
