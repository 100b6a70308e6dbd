package jinn.vm;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a vCPU has done so far.
 *
 * @param id its number, from 0
 * @param runReturns how often the hypervisor came back to user space, for any reason
 * @param returnsByReason the same by reason, in lower case, without reasons that never came
 */
public record VcpuStatus(int id, long runReturns, Map<String, Long> returnsByReason) {

    /** Copies the map, keeping its order. */
    public VcpuStatus {
        returnsByReason = Collections.unmodifiableMap(new LinkedHashMap<>(returnsByReason));
    }
}
