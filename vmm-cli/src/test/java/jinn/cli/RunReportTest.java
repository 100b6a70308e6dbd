package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.NetworkStatus;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VmOutcome;
import org.junit.jupiter.api.Test;

final class RunReportTest {

    private static final List<DoorbellStatus> DOORBELLS = List.of(
            new DoorbellStatus("demo", 0x0b00_0000L, 4, "*", DoorbellPath.KERNEL, "", 10_000, 0),
            new DoorbellStatus("a", 0x0b00_0010L, 0, "0x1", DoorbellPath.USERSPACE, "asked for", 0, 7));

    @Test
    void tableShowsEveryDoorbellInColumns() {
        assertEquals(
                List.of(
                        "doorbell  address     length  match  path       kernel  userspace",
                        "demo      0x0b000000  4       *      kernel     10000   0",
                        "a         0x0b000010  any     0x1    userspace  0       7          asked for"),
                DoorbellText.table(DOORBELLS));
    }

    @Test
    void reportHasOutcomeDoorbellsVcpusQueuesAndDevices() {
        RunReport report = new RunReport(
                "vm",
                new VmOutcome.PoweredOff(),
                DOORBELLS.subList(0, 1),
                List.of(new VcpuStatus(0, 2, Map.of("mmio", 1L))),
                List.of(new QueueStatus("rng0/0", 5, 1, 4, 6, 3, 1, 0)),
                List.of(new NetworkStatus("net1/0", 10, 15_000, 1)),
                List.of(),
                List.of(new RegisterStatus("rng0", true, "", 0, 3, 1)));

        String expected = """
                {
                  "vm" : "vm",
                  "outcome" : "powered-off",
                  "message" : "guest powered off",
                  "exitCode" : 0,
                  "doorbells" : [ {
                    "name" : "demo",
                    "address" : "0x0b000000",
                    "length" : 4,
                    "match" : "*",
                    "path" : "kernel",
                    "reason" : "",
                    "kernel" : 10000,
                    "userspace" : 0
                  } ],
                  "vcpus" : [ {
                    "id" : 0,
                    "runReturns" : 2,
                    "returnsByReason" : {
                      "mmio" : 1
                    }
                  } ],
                  "queues" : [ {
                    "name" : "rng0/0",
                    "kernelKicks" : 5,
                    "userspaceKicks" : 1,
                    "batches" : 4,
                    "requests" : 6,
                    "interrupts" : 3,
                    "suppressedInterrupts" : 1,
                    "errors" : 0
                  } ],
                  "networks" : [ {
                    "name" : "net1/0",
                    "frames" : 10,
                    "bytes" : 15000,
                    "dropped" : 1
                  } ],
                  "sockets" : [ ],
                  "devices" : [ {
                    "name" : "rng0",
                    "registers" : "memory",
                    "reason" : "",
                    "statusReads" : 0,
                    "kernelAcks" : 3,
                    "userspaceAcks" : 1
                  } ]
                }
                """;
        assertEquals(expected, report.toJson());
    }
}
