package jinn.vm;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import jinn.error.HostException;
import jinn.extension.DoorbellHandlerProvider;
import jinn.extension.VirtioDeviceProvider;

/**
 * A jar with providers of devices and doorbell handlers, open as long as code from it may run.
 *
 * <p>Every failure is a {@link HostException} of one line that names the jar.
 */
final class ExtensionJar implements AutoCloseable {

    private final Path file;
    private final URLClassLoader loader;

    private ExtensionJar(Path file, URLClassLoader loader) {
        this.file = file;
        this.loader = loader;
    }

    static ExtensionJar open(Path file) {
        try {
            URL[] urls = {file.toUri().toURL()};
            return new ExtensionJar(file, new URLClassLoader(urls, ExtensionJar.class.getClassLoader()));
        } catch (MalformedURLException e) {
            throw new HostException("cannot open " + file + " as a jar: " + e.getMessage(), e);
        }
    }

    VirtioDeviceProvider device(String name) {
        return find(VirtioDeviceProvider.class, VirtioDeviceProvider::name, name);
    }

    DoorbellHandlerProvider handler(String name) {
        return find(DoorbellHandlerProvider.class, DoorbellHandlerProvider::name, name);
    }

    private <P> P find(Class<P> kind, Function<P, String> nameOf, String name) {
        Map<String, P> found = new TreeMap<>();
        try {
            for (P provider : ServiceLoader.load(kind, loader)) {
                found.put(nameOf.apply(provider), provider);
            }
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            throw new HostException(file + ": cannot load its providers: " + Failures.inOneLine(e), e);
        }
        P provider = found.get(name);
        if (provider == null) {
            String others = found.isEmpty() ? "it has none" : "it has " + String.join(", ", found.keySet());
            throw new HostException(file + ": has no " + kind.getSimpleName() + " named '" + name + "'; " + others);
        }
        return provider;
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new HostException("cannot close " + file + ": " + e.getMessage(), e);
        }
    }
}
