import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/**
 * Gives the class files of a jar a version that a class-data archive can hold.
 *
 * <p>The JVM archives classes from version 50 on, because older ones have no stack maps, and verifies older ones anew at each
 * start by inferring types. picocli is compiled for Java 5, version 49. The code stays as it is; stack maps are added.
 */
final class RaiseClassVersion {

    /** Java 8. */
    private static final int VERSION = ClassFile.JAVA_8_VERSION;

    private RaiseClassVersion() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: java RaiseClassVersion.java JAR OUTPUT");
            System.exit(2);
        }
        Path input = Path.of(args[0]);
        try (JarFile jar = new JarFile(input.toFile());
                URLClassLoader loader = new URLClassLoader(new URL[] {input.toUri().toURL()});
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                JarOutputStream output = new JarOutputStream(file)) {
            ClassFile classFile = ClassFile.of(
                    ClassFile.ClassHierarchyResolverOption.of(
                            ClassHierarchyResolver.ofResourceParsing(loader).cached()),
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
            for (JarEntry entry : jar.stream().toList()) {
                output.putNextEntry(copyOf(entry));
                output.write(content(jar, entry, classFile));
                output.closeEntry();
            }
        }
    }

    private static JarEntry copyOf(JarEntry entry) {
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        return copy;
    }

    private static byte[] content(JarFile jar, JarEntry entry, ClassFile classFile) throws IOException {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readAllBytes();
        }
        if (!entry.getName().endsWith(".class") || entry.getName().endsWith("module-info.class")) {
            return bytes;
        }
        ClassModel model = classFile.parse(bytes);
        if (model.majorVersion() >= VERSION) {
            return bytes;
        }
        return classFile.transformClass(
                model,
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)
                        .andThen(ClassTransform.endHandler(builder -> builder.withVersion(VERSION, 0))));
    }
}
