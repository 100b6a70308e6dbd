package jinn.control;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.BalloonStatus;
import jinn.vm.NetworkStatus;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.SocketStatus;
import jinn.vm.VcpuStatus;
import tools.jackson.core.JsonGenerator;

/** Doorbells, vCPUs and queues as JSON: the same in the report of a run and on the control socket. */
public final class StatusJson {

    private StatusJson() {}

    /** Writes the property {@code doorbells}. */
    public static void writeDoorbells(JsonGenerator json, List<DoorbellStatus> doorbells) {
        json.writeArrayPropertyStart("doorbells");
        doorbells.forEach(doorbell -> write(json, doorbell));
        json.writeEndArray();
    }

    /** Writes the property {@code vcpus}. */
    public static void writeVcpus(JsonGenerator json, List<VcpuStatus> vcpus) {
        json.writeArrayPropertyStart("vcpus");
        vcpus.forEach(vcpu -> write(json, vcpu));
        json.writeEndArray();
    }

    /** Writes the property {@code queues}. */
    public static void writeQueues(JsonGenerator json, List<QueueStatus> queues) {
        json.writeArrayPropertyStart("queues");
        queues.forEach(queue -> write(json, queue));
        json.writeEndArray();
    }

    /** Writes the property {@code networks}. */
    public static void writeNetworks(JsonGenerator json, List<NetworkStatus> networks) {
        json.writeArrayPropertyStart("networks");
        networks.forEach(network -> write(json, network));
        json.writeEndArray();
    }

    /** Writes the property {@code sockets}. */
    public static void writeSockets(JsonGenerator json, List<SocketStatus> sockets) {
        json.writeArrayPropertyStart("sockets");
        sockets.forEach(socket -> write(json, socket));
        json.writeEndArray();
    }

    /** Writes the property {@code devices}. */
    public static void writeDevices(JsonGenerator json, List<RegisterStatus> devices) {
        json.writeArrayPropertyStart("devices");
        devices.forEach(device -> write(json, device));
        json.writeEndArray();
    }

    /** Writes the property {@code balloon}, which is null without one. */
    static void writeBalloon(JsonGenerator json, Optional<BalloonStatus> balloon) {
        if (balloon.isEmpty()) {
            json.writeNullProperty("balloon");
            return;
        }
        BalloonStatus status = balloon.get();
        json.writeObjectPropertyStart("balloon");
        json.writeNumberProperty("targetBytes", status.target());
        json.writeNumberProperty("actualBytes", status.actual());
        json.writeNumberProperty("reportedBytes", status.reported());
        status.total().ifPresent(bytes -> json.writeNumberProperty("totalBytes", bytes));
        status.free().ifPresent(bytes -> json.writeNumberProperty("freeBytes", bytes));
        status.available().ifPresent(bytes -> json.writeNumberProperty("availableBytes", bytes));
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, NetworkStatus network) {
        json.writeStartObject();
        json.writeStringProperty("name", network.name());
        json.writeNumberProperty("frames", network.frames());
        json.writeNumberProperty("bytes", network.bytes());
        json.writeNumberProperty("dropped", network.dropped());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, SocketStatus socket) {
        json.writeStartObject();
        json.writeStringProperty("name", socket.name());
        json.writeNumberProperty("connections", socket.connections());
        json.writeNumberProperty("opened", socket.opened());
        json.writeNumberProperty("refused", socket.refused());
        json.writeNumberProperty("bytesToGuest", socket.bytesToGuest());
        json.writeNumberProperty("bytesToHost", socket.bytesToHost());
        json.writeNumberProperty("dropped", socket.dropped());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, QueueStatus queue) {
        json.writeStartObject();
        json.writeStringProperty("name", queue.name());
        json.writeNumberProperty("kernelKicks", queue.kernelKicks());
        json.writeNumberProperty("userspaceKicks", queue.userspaceKicks());
        json.writeNumberProperty("batches", queue.batches());
        json.writeNumberProperty("requests", queue.requests());
        json.writeNumberProperty("interrupts", queue.interrupts());
        json.writeNumberProperty("suppressedInterrupts", queue.suppressedInterrupts());
        json.writeNumberProperty("errors", queue.errors());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, RegisterStatus device) {
        json.writeStartObject();
        json.writeStringProperty("name", device.name());
        json.writeStringProperty("registers", device.inMemory() ? "memory" : "userspace");
        json.writeStringProperty("reason", device.reason());
        json.writeNumberProperty("statusReads", device.statusReads());
        json.writeNumberProperty("kernelAcks", device.kernelAcks());
        json.writeNumberProperty("userspaceAcks", device.userspaceAcks());
        json.writeEndObject();
    }

    /** Writes one doorbell. */
    static void write(JsonGenerator json, DoorbellStatus doorbell) {
        json.writeStartObject();
        json.writeStringProperty("name", doorbell.name());
        json.writeStringProperty("address", String.format(Locale.ROOT, "0x%08x", doorbell.address()));
        json.writeNumberProperty("length", doorbell.length());
        json.writeStringProperty("match", doorbell.match());
        json.writeStringProperty("path", doorbell.path().name().toLowerCase(Locale.ROOT));
        json.writeStringProperty("reason", doorbell.reason());
        json.writeNumberProperty("kernel", doorbell.kernelRings());
        json.writeNumberProperty("userspace", doorbell.userspaceRings());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, VcpuStatus vcpu) {
        json.writeStartObject();
        json.writeNumberProperty("id", vcpu.id());
        json.writeNumberProperty("runReturns", vcpu.runReturns());
        json.writeObjectPropertyStart("returnsByReason");
        vcpu.returnsByReason().forEach(json::writeNumberProperty);
        json.writeEndObject();
        json.writeEndObject();
    }
}
