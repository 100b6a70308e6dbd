package jinn.control;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JsonGenerator;

/**
 * Makes the server's answers.
 *
 * @param startNanos when the socket began to serve, by {@link System#nanoTime}
 */
record Answers(VmIdentity identity, ControlledVm vm, long startNanos) {

    /** Greets a client. */
    ByteBuffer hello() {
        return Message.of(json -> {
            json.writeStringProperty("hello", "jinn");
            json.writeNumberProperty("protocol", ControlServer.PROTOCOL);
            json.writeStringProperty("version", identity.version());
            json.writeStringProperty("vm", identity.name());
            json.writeNumberProperty("pid", identity.pid());
        });
    }

    /** Refuses a client because there are too many. */
    static ByteBuffer tooManyClients() {
        return refusal(Optional.empty(), "too many clients: at most " + ControlServer.MAX_CLIENTS);
    }

    /** Obeys a request for something that is there at once, and says what came of it. */
    ByteBuffer success(Request request) {
        return Message.of(json -> {
            writeId(json, request.id());
            json.writeBooleanProperty("ok", true);
            writeResult(json, request.command());
        });
    }

    private void writeResult(JsonGenerator json, Request.Command command) {
        json.writeNumberProperty("uptimeMs", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
        switch (command) {
            case STATUS -> {
                json.writeStringProperty("description", identity.description());
                json.writeNumberProperty("cpus", identity.cpus());
                json.writeNumberProperty("memoryBytes", identity.memoryBytes());
                json.writeStringProperty("state", vm.state().name().toLowerCase(Locale.ROOT));
            }
            case DOORBELLS -> StatusJson.writeDoorbells(json, vm.doorbells());
            case STATS -> {
                StatusJson.writeVcpus(json, vm.vcpus());
                StatusJson.writeQueues(json, vm.queues());
                StatusJson.writeNetworks(json, vm.networks());
                StatusJson.writeSockets(json, vm.sockets());
                StatusJson.writeDevices(json, vm.registers());
            }
            case BALLOON -> StatusJson.writeBalloon(json, vm.balloon());
            case CONSOLE -> json.writeBooleanProperty("input", vm.takesInput());
            case POWER_BUTTON ->
                json.writeStringProperty(
                        "button",
                        vm.pressPowerButton().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            case EVENTS, INPUT, RESIZE, PAUSE, RESUME, STOP -> {}
        }
    }

    /** Refuses a request. */
    static ByteBuffer refusal(Optional<Object> id, String reason) {
        return Message.of(json -> {
            writeId(json, id);
            json.writeBooleanProperty("ok", false);
            json.writeStringProperty("error", reason);
        });
    }

    private static void writeId(JsonGenerator json, Optional<Object> id) {
        id.ifPresent(mark -> {
            if (mark instanceof BigInteger number) {
                json.writeNumberProperty("id", number);
            } else {
                json.writeStringProperty("id", mark.toString());
            }
        });
    }

    /** Says how much of what was to be typed was taken. */
    static ByteBuffer taken(Request request, int bytes) {
        return Message.of(json -> {
            writeId(json, request.id());
            json.writeBooleanProperty("ok", true);
            json.writeNumberProperty("taken", bytes);
        });
    }
}
