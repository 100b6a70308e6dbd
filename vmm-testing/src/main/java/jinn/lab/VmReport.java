package jinn.lab;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code jinn run --report} says of a VM that has ended.
 *
 * @param vm the VM's name
 * @param outcome {@code powered-off}, {@code reset}, {@code crashed}, {@code unmapped-access} or {@code stopped}
 * @param exitCode that of {@code jinn run}
 * @param doorbells in the order of the description
 */
public record VmReport(String vm, String outcome, int exitCode, List<DoorbellCount> doorbells) {

    /** Keeps a copy of the list. */
    public VmReport {
        doorbells = List.copyOf(doorbells);
    }

    /**
     * Returns the doorbell of this name.
     *
     * @throws IllegalArgumentException if the VM had none
     */
    public DoorbellCount doorbell(String name) {
        return doorbells.stream()
                .filter(doorbell -> doorbell.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("vm " + vm + ": has no doorbell " + name + ", only "
                        + doorbells.stream().map(DoorbellCount::name).toList()));
    }

    /**
     * Reads the report.
     *
     * @throws IllegalArgumentException if it is no report of Jinn
     */
    static VmReport parse(String json) {
        try {
            JsonNode report = JsonMapper.shared().readTree(json);
            List<DoorbellCount> doorbells = new ArrayList<>();
            for (JsonNode doorbell : report.required("doorbells")) {
                doorbells.add(new DoorbellCount(
                        doorbell.required("name").asString(),
                        doorbell.required("path").asString(),
                        doorbell.required("kernel").asLong(),
                        doorbell.required("userspace").asLong()));
            }
            return new VmReport(
                    report.required("vm").asString(),
                    report.required("outcome").asString(),
                    report.required("exitCode").asInt(),
                    doorbells);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("cannot read the report " + json + ": " + e.getMessage(), e);
        }
    }
}
