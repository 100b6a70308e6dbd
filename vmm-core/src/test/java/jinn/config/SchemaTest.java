package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jinn.config.JsonValue.ObjectValue;
import jinn.config.JsonValue.Property;
import jinn.config.JsonValue.TextValue;
import jinn.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds configs/jinn.schema.json and docs/config.md against the records, the loader and the shipped configs. */
final class SchemaTest {

    private static final Path SCHEMA = Path.of("..", "configs", "jinn.schema.json");
    private static final Path REFERENCE = Path.of("..", "docs", "config.md");

    private static final SchemaRegistry REGISTRY =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    /** Where the properties of each record stand in the schema. */
    private static final Map<Class<?>, List<String>> PLACES = Map.of(
            VmConfig.class, List.of(),
            MachineConfig.class, List.of("machine"),
            BootConfig.class, List.of("boot"),
            SerialConfig.class, List.of("serial"),
            DoorbellConfig.class, List.of("doorbells"),
            ProtectionConfig.class, List.of("protection"),
            LoopConfig.class, List.of("loops"),
            LoggingConfig.class, List.of("logging"),
            DeviceConfig.ConsolePort.class, List.of("devices", "ports"));

    @TempDir
    private Path directory;

    @Test
    void isASchemaOfItsDialect() throws IOException {
        Schema meta = REGISTRY.getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        assertEquals(List.of(), meta.validate(Files.readString(SCHEMA), InputFormat.JSON));
        assertTrue(!meta.validate("{\"type\": 7}", InputFormat.JSON).isEmpty(), "the meta-schema refuses nothing");
    }

    @ParameterizedTest
    @MethodSource("jinn.config.ShippedConfigsTest#files")
    void everyShippedConfigIsValidAndNamesTheSchema(Path file) throws Exception {
        String json = Files.readString(file);
        assertEquals(List.of(), errors(json));
        ObjectValue config = (ObjectValue) JsonReader.read(json);
        TextValue named = (TextValue) config.properties().get("$schema").value();
        assertTrue(Files.isSameFile(SCHEMA, file.resolveSibling(named.text())), named::text);
    }

    @Test
    void hasTheFieldsOfEachRecordAndNoOthers() throws Exception {
        for (Map.Entry<Class<?>, List<String>> record : PLACES.entrySet()) {
            Set<String> inSchema =
                    new TreeSet<>(properties(record.getValue()).properties().keySet());
            inSchema.removeAll(Set.of("$schema", "version"));
            assertEquals(fields(record.getKey()), inSchema, record.getKey()::getSimpleName);
        }
        Set<String> ofDevices = new TreeSet<>(Set.of("type"));
        for (Class<?> device : DeviceConfig.class.getPermittedSubclasses()) {
            ofDevices.addAll(fields(device));
        }
        assertEquals(
                ofDevices,
                properties(List.of("devices")).properties().keySet().stream()
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void namesEveryTypeOfDevice() throws Exception {
        Set<String> types = Arrays.stream(DeviceConfig.class.getPermittedSubclasses())
                .map(type -> "\"" + key(type.getSimpleName()) + "\"")
                .collect(Collectors.toSet());
        String schema = Files.readString(SCHEMA);
        types.forEach(type -> assertTrue(schema.contains(type), type));
    }

    @Test
    void describesEveryKeyAndSoDoesTheReference() throws Exception {
        Set<String> paths = new TreeSet<>();
        collect(paths, "", properties(List.of()));
        Set<String> rows = new TreeSet<>();
        for (MatchResult row : Pattern.compile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]+ \\| [^|]+ \\| [^|]+ \\|$")
                .matcher(Files.readString(REFERENCE))
                .results()
                .toList()) {
            rows.add(row.group(1));
        }
        assertEquals(paths, rows);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'version': 1",
                "'name': 'a-0'",
                "'name': '${HOME}'",
                "'hypervisor': 'kvm'",
                "'hypervisor': '${HYPERVISOR}'",
                "'machine': {'cpus': 1, 'memory': '16MiB'}",
                "'machine': {'cpus': 8, 'memory': '64GiB'}",
                "'machine': {'memory': '${SIZE}MiB'}",
                "'protection': {}",
                "'protection': {'mode': 'none'}",
                "'protection': {'mode': 'protected', 'swiotlb': '2MiB'}",
                "'protection': {'mode': '${MODE}', 'swiotlb': '1GiB'}",
                "'boot': {'kernel': 'Image', 'dtb': 'disk', 'overlays': []}",
                "'boot': {'kernel': 'Image', 'overlays': ['disk', 'Image']}",
                "'serial': {'target': 'none'}",
                "'serial': {'target': '${TARGET}'}",
                "'devices': [{'type': 'rng'}, {'type': 'console', 'target': 'output'}]",
                "'devices': [{'type': 'net'}]",
                "'devices': [{'type': 'net', 'backend': 'passt', 'mac': '52:54:00:12:34:FF', 'mtu': 65520}]",
                "'devices': [{'type': 'net', 'forward': {'tcp': ['80', '127.0.0.1/8080-8089:80-89'], 'udp': []}}]",
                "'devices': [{'type': 'net', 'socket': '/run/passt.socket'}]",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'tap0', 'queues': 8, 'mtu': 68}]",
                "'devices': [{'type': 'console', 'ports': [{'name': 'a.b_c-1', 'socket': 'a'}, {'name': 'l', 'file': 'b'}]}]",
                "'devices': [{'type': 'vsock', 'path': 'guest.vsock'}]",
                "'devices': [{'type': 'vsock', 'path': 'guest.vsock', 'cid': 2147483647}]",
                "'devices': [{'type': 'balloon'}, {'type': 'balloon', 'deflate-on-oom': false}]",
                "'devices': [{'type': 'fs', 'tag': 'a', 'socket': 's'}]",
                "'devices': [{'type': 'vhost-user', 'device': 'net', 'socket': 's', 'queues': 8}]",
                "'devices': [{'type': 'java', 'jar': 'Image', 'provider': 'a', 'settings': {'b': 'c', 'd': 1}}]",
                "'devices': [{'type': 'block', 'path': 'disk'}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'readonly': true, 'queues': 8, 'direct': true, 'id': '~ !'}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 0}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': 'log'}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {'run': ['true', '']}}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {'send': 'a.sock'}}]",
                "'logging': {}",
                "'logging': {'level': 'debug', 'file': 'vm.log'}",
                "'logging': {'level': '${LEVEL}'}",
                "'loops': []",
                "'devices': [{'type': 'block', 'path': 'disk', 'queues': 2}], 'loops': [{'name': 'a', 'serves': ['block0/1']}]",
                "'loops': [{'name': 'io'}, {'name': 'fast', 'poll-us': 100000, 'serves': []}]",
                "'devices': [{'type': 'rng'}], 'loops': [{'name': 'io', 'serves': ['rng0']}]",
                "'doorbells': [{'name': 'a', 'address': '0XB000000', 'length': 8, 'match': 18446744073709551615}]",
                "'doorbells': [{'name': 'a', 'address': '0xb00${SIZE}0', 'length': 8, 'match': '0xffffffffffffffff'}]",
            })
    void acceptsWhatTheLoaderAccepts(String part) throws IOException {
        String json = description(part);
        assertEquals(List.of(), loaderProblems(json));
        assertEquals(List.of(), errors(json));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'version': 2",
                "'version': '1'",
                "'$schema': 1",
                "'color': 'red'",
                "'name': 'A'",
                "'name': ''",
                "'hypervisor': 'xen'",
                "'hypervisor': {}",
                "'machine': []",
                "'machine': {'cpus': 0}",
                "'machine': {'cpus': 9}",
                "'machine': {'cpus': 1.5}",
                "'machine': {'memory': 512}",
                "'machine': {'memory': '512MB'}",
                "'machine': {'memory': '0MiB'}",
                "'machine': {'disk': 1}",
                "'boot': {'kernel': 'Image', 'dtb': {}}",
                "'boot': {'kernel': 'Image', 'overlays': 'disk'}",
                "'boot': {'kernel': 'Image', 'overlays': [1]}",
                "'boot': {'kernel': 'Image', 'overlays': ['']}",
                "'protection': true",
                "'protection': {'mode': 'yes'}",
                "'protection': {'swiotlb': 16}",
                "'protection': {'bounce': '2MiB'}",
                "'serial': {'target': 'tty'}",
                "'serial': {'type': 'rng'}",
                "'devices': {}",
                "'devices': [{}]",
                "'devices': [{'type': 'net', 'backend': 'slirp'}]",
                "'devices': [{'type': 'net', 'mac': '53:54:00:12:34:56'}]",
                "'devices': [{'type': 'net', 'mac': '52-54-00-12-34-56'}]",
                "'devices': [{'type': 'net', 'mtu': 67}]",
                "'devices': [{'type': 'net', 'mtu': 65521}]",
                "'devices': [{'type': 'net', 'tap': 'tap0'}]",
                "'devices': [{'type': 'net', 'queues': 2}]",
                "'devices': [{'type': 'net', 'forward': {'sctp': ['80']}}]",
                "'devices': [{'type': 'net', 'forward': {'tcp': ['http']}}]",
                "'devices': [{'type': 'net', 'forward': {'tcp': [80]}}]",
                "'devices': [{'type': 'net', 'socket': 'passt', 'forward': {}}]",
                "'devices': [{'type': 'net', 'backend': 'tap'}]",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'a/b'}]",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'tap0', 'queues': 9}]",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'tap0', 'forward': {}}]",
                "'devices': [{'type': 'console', 'ports': [{'name': 'a'}]}]",
                "'devices': [{'type': 'console', 'ports': [{'socket': 'a'}]}]",
                "'devices': [{'type': 'console', 'ports': [{'name': '', 'socket': 'a'}]}]",
                "'devices': [{'type': 'console', 'ports': [{'name': 'a', 'socket': 'a', 'file': 'b'}]}]",
                "'devices': [{'type': 'console', 'ports': [{'name': 'a', 'socket': 'a', 'path': 'b'}]}]",
                "'devices': [{'type': 'rng', 'ports': []}]",
                "'devices': [{'type': 'vsock'}]",
                "'devices': [{'type': 'vsock', 'path': 'a', 'cid': 2}]",
                "'devices': [{'type': 'vsock', 'path': 'a', 'mac': '52:54:00:12:34:56'}]",
                "'devices': [{'type': 'rng', 'cid': 3}]",
                "'devices': [{'type': 'disk'}]",
                "'devices': [{'type': 'balloon', 'tag': 'a'}]",
                "'devices': [{'type': 'fs', 'socket': 's'}]",
                "'devices': [{'type': 'fs', 'tag': 'a', 'socket': 's', 'queues': 1}]",
                "'devices': [{'type': 'vhost-user', 'device': 'disk', 'socket': 's'}]",
                "'devices': [{'type': 'vhost-user', 'socket': 's'}]",
                "'devices': [{'type': 'java', 'provider': 'a'}]",
                "'devices': [{'type': 'rng', 'jar': 'a.jar'}]",
                "'devices': [{'type': 'java', 'jar': 'Image', 'provider': 'a', 'settings': {'b': true}}]",
                "'devices': [{'type': 'rng', 'target': 'none'}]",
                "'devices': [{'type': 'rng', 'path': 'disk'}]",
                "'devices': [{'type': 'console', 'readonly': true}]",
                "'devices': [{'type': 'block'}]",
                "'devices': [{'type': 'block', 'path': ''}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'target': 'none'}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'readonly': 1}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'queues': 0}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'queues': 9}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'direct': 'yes'}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'id': ''}]",
                "'devices': [{'type': 'block', 'path': 'disk', 'id': '123456789012345678901'}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': 'ring'}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': 7}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {}}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {'run': 'true'}}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {'run': []}}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'action': {'send': ''}}]",
                "'logging': 'info'",
                "'logging': {'level': 'trace'}",
                "'logging': {'level': 1}",
                "'logging': {'file': ''}",
                "'logging': {'path': 'a'}",
                "'loops': {}",
                "'loops': [{}]",
                "'loops': [{'name': 'IO'}]",
                "'loops': [{'name': 'io', 'poll-us': -1}]",
                "'loops': [{'name': 'io', 'poll-us': 100001}]",
                "'loops': [{'name': 'io', 'poll-us': '5us'}]",
                "'loops': [{'name': 'io', 'serves': 'rng0'}]",
                "'loops': [{'name': 'io', 'serves': [1]}]",
                "'loops': [{'name': 'io', 'queues': []}]",
                "'doorbells': [{'address': '0xb000000', 'length': 4}]",
                "'doorbells': [{'name': 'a', 'length': 4}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000'}]",
                "'doorbells': [{'name': 'a', 'address': 184549376, 'length': 4}]",
                "'doorbells': [{'name': 'a', 'address': '0b000000', 'length': 4}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 3}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 0, 'match': 1}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'match': -1}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 8, 'match': 18446744073709551616}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'match': true}]",
                "'doorbells': [{'name': 'a', 'address': '0xb000000', 'length': 4, 'data': 1}]",
            })
    void refusesWhatTheLoaderRefuses(String part) throws IOException {
        String json = description(part);
        assertTrue(!loaderProblems(json).isEmpty(), "the loader accepts it");
        assertTrue(!errors(json).isEmpty(), "the schema accepts it");
    }

    @Test
    void hasTheLimitsOfTheLoader() throws IOException {
        String device = "{'type': 'rng'}";
        String most = description("'devices': [" + (device + ",").repeat(31) + device + "]");
        String tooMany = description("'devices': [" + (device + ",").repeat(32) + device + "]");
        assertEquals(List.of(), loaderProblems(most));
        assertEquals(List.of(), errors(most));
        assertEquals(1, loaderProblems(tooMany).size());
        assertEquals(1, errors(tooMany).size());
    }

    private static String description(String part) {
        String boot = part.startsWith("'boot'") ? "" : "'boot': {'kernel': 'Image'}";
        return ("{" + boot + (part.isEmpty() || boot.isEmpty() ? "" : ", ") + part + "}").replace('\'', '"');
    }

    private static List<Error> errors(String json) throws IOException {
        return REGISTRY.getSchema(Files.readString(SCHEMA), InputFormat.JSON).validate(json, InputFormat.JSON);
    }

    private List<String> loaderProblems(String json) throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Files.write(directory.resolve("disk"), new byte[512]);
        Path file = Files.writeString(directory.resolve("vm.json"), json);
        try {
            ConfigLoader.load(
                    file,
                    Map.of(
                            "HOME",
                            "home",
                            "SIZE",
                            "64",
                            "TARGET",
                            "output",
                            "HYPERVISOR",
                            "gzvm",
                            "MODE",
                            "none",
                            "LEVEL",
                            "info"));
            return List.of();
        } catch (ConfigException e) {
            return e.problems();
        }
    }

    /** Returns a name of Java as a key: {@code deflate-on-oom} for {@code deflateOnOom}. */
    private static String key(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }

    /** Returns the names of a record's fields as a file spells them: its keys carry no unit but that of short times. */
    private static Set<String> fields(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceFirst("Bytes$", ""))
                .map(name -> name.replaceFirst("Micros$", "-us"))
                .map(SchemaTest::key)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the schema of the properties at the end of the path, those of the elements where that is an array. */
    private static ObjectValue properties(List<String> path) throws Exception {
        ObjectValue place = (ObjectValue) JsonReader.read(Files.readString(SCHEMA));
        for (String key : path) {
            ObjectValue property = child(child(place, "properties"), key);
            place = property.properties().containsKey("items") ? child(property, "items") : property;
        }
        return child(place, "properties");
    }

    private static ObjectValue child(ObjectValue object, String key) {
        return (ObjectValue) object.properties().get(key).value();
    }

    /** Collects the paths of all keys, as docs/config.md writes them, and checks that each has a description. */
    private static void collect(Set<String> paths, String prefix, ObjectValue properties) {
        for (Map.Entry<String, Property> property :
                new ArrayList<>(properties.properties().entrySet())) {
            String path = prefix + property.getKey();
            ObjectValue schema = (ObjectValue) property.getValue().value();
            assertTrue(schema.properties().containsKey("description"), path);
            paths.add(path);
            if (schema.properties().containsKey("items")
                    && child(schema, "items").properties().containsKey("properties")) {
                collect(paths, path + "[].", child(child(schema, "items"), "properties"));
            } else if (schema.properties().containsKey("properties")) {
                collect(paths, path + ".", child(schema, "properties"));
            }
        }
    }
}
