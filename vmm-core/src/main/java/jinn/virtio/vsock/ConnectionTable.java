package jinn.virtio.vsock;

import java.util.function.Consumer;

/** The connections of a device, by their ports. Looking one up creates no object. */
final class ConnectionTable {

    private final Connection[] connections;
    private int count;

    ConnectionTable(int capacity) {
        connections = new Connection[capacity];
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == connections.length;
    }

    /** Returns the connection, or null. */
    Connection find(int guestPort, int hostPort) {
        for (int i = 0; i < count; i++) {
            Connection connection = connections[i];
            if (connection.guestPort() == guestPort && connection.hostPort() == hostPort) {
                return connection;
            }
        }
        return null;
    }

    void add(Connection connection) {
        connections[count] = connection;
        count++;
    }

    void remove(Connection connection) {
        for (int i = 0; i < count; i++) {
            if (connections[i] == connection) {
                count--;
                connections[i] = connections[count];
                connections[count] = null;
                return;
            }
        }
    }

    void removeAll(Consumer<Connection> last) {
        while (count > 0) {
            count--;
            last.accept(connections[count]);
            connections[count] = null;
        }
    }
}
