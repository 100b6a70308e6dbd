package jinn.control;

/**
 * What does not change while a VM runs.
 *
 * @param name the VM's name
 * @param version of Jinn
 * @param pid of the process that runs it
 * @param description path of the JSON file, as it was given
 * @param cpus number of vCPUs
 * @param memoryBytes size of RAM
 */
public record VmIdentity(String name, String version, long pid, String description, int cpus, long memoryBytes) {}
