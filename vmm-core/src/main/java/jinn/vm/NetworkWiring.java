package jinn.vm;

import java.util.function.Consumer;
import jinn.backend.PasstBackend;
import jinn.backend.TapBackend;
import jinn.backend.VsockBridge;
import jinn.config.DeviceConfig;
import jinn.config.MacAddress;
import jinn.virtio.net.NetBackend;
import jinn.virtio.net.NetDevice;
import jinn.virtio.vsock.VsockDevice;

/**
 * Makes network and socket devices with their ends at the host.
 *
 * @param vm name of the VM
 * @param loops serve the devices
 * @param resources learns how to give back what a device needs of the host
 * @param warnings gets one line for the user when something of the host fails, on any thread
 */
record NetworkWiring(String vm, EventLoops loops, UndoStack resources, Consumer<String> warnings) {

    NetDevice net(DeviceConfig.Net net, String name) {
        MacAddress address = net.mac().orElseGet(() -> MacAddress.of(vm, name));
        return new NetDevice(name, netBackend(net, name), address.bytes(), net.mtu());
    }

    private NetBackend netBackend(DeviceConfig.Net net, String name) {
        return switch (net.backend()) {
            case TAP -> {
                TapBackend tap =
                        TapBackend.open(net.tap().orElseThrow(), net.queues(), loops.of(name), warningsOf(name));
                resources.push(tap::close);
                yield tap;
            }
            case PASST -> {
                PasstBackend passt = passt(net, name);
                resources.push(passt::close);
                yield passt;
            }
        };
    }

    private PasstBackend passt(DeviceConfig.Net net, String name) {
        if (net.socket().isPresent()) {
            return PasstBackend.connect(net.socket().get(), loops.of(name), warningsOf(name));
        }
        PasstBackend.Options options = new PasstBackend.Options(
                net.mtu(), net.forward().tcp(), net.forward().udp());
        return PasstBackend.start(options, loops.of(name), warningsOf(name));
    }

    VsockDevice vsock(DeviceConfig.Vsock vsock, String name) {
        VsockBridge bridge = VsockBridge.listen(vsock.path(), loops.of(name), warningsOf(name));
        resources.push(bridge::close);
        return new VsockDevice(name, vsock.cid(), bridge);
    }

    private Consumer<String> warningsOf(String name) {
        return message -> warnings.accept(name + ": " + message);
    }
}
