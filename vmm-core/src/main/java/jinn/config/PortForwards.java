package jinn.config;

import java.util.List;

/**
 * Which ports of the host lead to the guest. Each entry is as passt takes it, for example {@code 8080:80}.
 *
 * @param tcp for TCP
 * @param udp for UDP
 */
public record PortForwards(List<String> tcp, List<String> udp) {

    /** No port leads to the guest. */
    public static final PortForwards NONE = new PortForwards(List.of(), List.of());

    /** Keeps its own copies of the lists. */
    public PortForwards {
        tcp = List.copyOf(tcp);
        udp = List.copyOf(udp);
    }
}
