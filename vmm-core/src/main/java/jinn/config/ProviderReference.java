package jinn.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A provider in a jar, and what it is told.
 *
 * @param jar the file
 * @param provider its name there
 * @param settings texts by their keys
 */
record ProviderReference(Path jar, String provider, Map<String, String> settings) {

    /** Reads the keys of a section that names a provider; nothing when there is a problem with one of them. */
    static Optional<ProviderReference> read(Path description, ObjectReader section) {
        section.require("jar", "the path of a jar");
        section.require("provider", "the name of a provider in the jar");
        Optional<Path> jar = new FileReferences(description, section).read("jar");
        Optional<String> provider = section.text("provider");
        Map<String, String> settings = section.texts("settings");
        return jar.isPresent() && provider.isPresent()
                ? Optional.of(new ProviderReference(jar.get(), provider.get(), settings))
                : Optional.empty();
    }
}
