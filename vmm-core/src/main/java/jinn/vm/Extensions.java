package jinn.vm;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jinn.config.DeviceConfig;
import jinn.config.DoorbellAction;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.error.HostException;
import jinn.error.VmmException;
import jinn.extension.DoorbellHandlerProvider;
import jinn.extension.Settings;
import jinn.extension.VirtioDeviceProvider;
import jinn.virtio.VirtioDevice;

/**
 * Makes one VM's devices and doorbell handlers from jars, each jar opened once.
 *
 * <p>A jar that cannot be used is a {@link HostException} of one line.
 */
final class Extensions {

    private final UndoStack resources;
    private final Consumer<String> warnings;
    private final Map<Path, ExtensionJar> jars = new HashMap<>();

    /**
     * Opens no jar yet.
     *
     * @param resources learns how to close jars and what comes from them
     * @param warnings gets one line for the user when their code fails, on any thread
     */
    Extensions(UndoStack resources, Consumer<String> warnings) {
        this.resources = resources;
        this.warnings = warnings;
    }

    VirtioDevice device(DeviceConfig.Java config, String name) {
        VirtioDeviceProvider provider = jar(config.jar()).device(config.provider());
        return called(name, config.provider(), config.jar(), () -> {
            VirtioDevice device = provider.create(name, new Settings(config.settings()));
            closeAtEnd(name, device);
            return new GuardedDevice(device, name, warnings);
        });
    }

    /** Makes what a doorbell does; what it throws is the caller's to tell. */
    DoorbellHandler handler(DoorbellAction.Java config, String doorbell) {
        DoorbellHandlerProvider provider = jar(config.jar()).handler(config.provider());
        String name = "doorbell " + doorbell;
        return called(name, config.provider(), config.jar(), () -> {
            var handler = provider.create(doorbell, new Settings(config.settings()));
            closeAtEnd(name, handler);
            return (rung, count) -> handler.rang(count);
        });
    }

    private ExtensionJar jar(Path file) {
        return jars.computeIfAbsent(file, path -> {
            ExtensionJar jar = ExtensionJar.open(path);
            resources.push(jar::close);
            return jar;
        });
    }

    private static <T> T called(String name, String provider, Path jar, Supplier<T> code) {
        try {
            return code.get();
        } catch (VmmException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new HostException(name + ": refused by '" + provider + "' of " + jar + ": " + e.getMessage(), e);
        } catch (RuntimeException | LinkageError e) {
            throw new HostException(name + ": '" + provider + "' of " + jar + " failed: " + Failures.inOneLine(e), e);
        }
    }

    private void closeAtEnd(String name, Object made) {
        if (made instanceof AutoCloseable closeable) {
            resources.push(() -> {
                try {
                    closeable.close();
                } catch (Exception | LinkageError e) {
                    warnings.accept(name + ": it could not be closed: " + Failures.inOneLine(e));
                }
            });
        }
    }
}
