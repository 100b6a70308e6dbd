package jinn.cli;

import java.util.List;
import jinn.control.StatusJson;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.NetworkStatus;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.SocketStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VmOutcome;
import tools.jackson.core.JsonGenerator;

/** What a run came to, for scripts: {@code docs/cli.md} describes the JSON. */
record RunReport(
        String vm,
        VmOutcome outcome,
        List<DoorbellStatus> doorbells,
        List<VcpuStatus> vcpus,
        List<QueueStatus> queues,
        List<NetworkStatus> networks,
        List<SocketStatus> sockets,
        List<RegisterStatus> devices) {

    String toJson() {
        return JsonText.write(this::write) + "\n";
    }

    private void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("vm", vm);
        json.writeStringProperty("outcome", OutcomeText.kind(outcome));
        json.writeStringProperty("message", OutcomeText.describe(outcome));
        json.writeNumberProperty("exitCode", ExitCode.of(outcome).number());
        StatusJson.writeDoorbells(json, doorbells);
        StatusJson.writeVcpus(json, vcpus);
        StatusJson.writeQueues(json, queues);
        StatusJson.writeNetworks(json, networks);
        StatusJson.writeSockets(json, sockets);
        StatusJson.writeDevices(json, devices);
        json.writeEndObject();
    }
}
