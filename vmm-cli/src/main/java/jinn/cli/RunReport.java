package jinn.cli;

import java.util.List;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VmOutcome;
import tools.jackson.core.JsonGenerator;

/** What a run came to, for scripts: {@code docs/cli.md} describes the JSON. */
record RunReport(String vm, VmOutcome outcome, List<DoorbellStatus> doorbells, List<VcpuStatus> vcpus) {

    String toJson() {
        return JsonText.write(this::write) + "\n";
    }

    private void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("vm", vm);
        json.writeStringProperty("outcome", OutcomeText.kind(outcome));
        json.writeStringProperty("message", OutcomeText.describe(outcome));
        json.writeNumberProperty("exitCode", ExitCode.of(outcome).number());
        json.writeArrayPropertyStart("doorbells");
        doorbells.forEach(doorbell -> write(json, doorbell));
        json.writeEndArray();
        json.writeArrayPropertyStart("vcpus");
        vcpus.forEach(vcpu -> write(json, vcpu));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, DoorbellStatus doorbell) {
        json.writeStartObject();
        json.writeStringProperty("name", doorbell.name());
        json.writeStringProperty("address", String.format("0x%08x", doorbell.address()));
        json.writeNumberProperty("length", doorbell.length());
        json.writeStringProperty("match", doorbell.match());
        json.writeStringProperty("path", DoorbellText.pathName(doorbell.path()));
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
