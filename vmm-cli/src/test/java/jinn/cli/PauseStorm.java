package jinn.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Pauses and resumes a running VM again and again over one connection; its own process in the lab, without jars. */
public final class PauseStorm {

    private PauseStorm() {}

    /** Takes the socket and the number of rounds; prints how many pauses and resumes were obeyed. */
    public static void main(String[] arguments) throws IOException {
        int obeyed = 0;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(Path.of(arguments[0])));
            BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            lines.readLine();
            for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
                for (String command : new String[] {"pause", "resume"}) {
                    channel.write(StandardCharsets.UTF_8.encode("{\"command\":\"" + command + "\"}\n"));
                    String answer = lines.readLine();
                    if (answer == null || !answer.startsWith("{\"ok\":true")) {
                        System.out.println("refused: " + answer);
                        return;
                    }
                    obeyed++;
                }
            }
        }
        System.out.println("obeyed: " + obeyed);
    }
}
