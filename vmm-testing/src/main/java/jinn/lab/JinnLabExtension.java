package jinn.lab;

import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.MediaType;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;
import org.testcontainers.DockerClientFactory;

/** What {@link JinnLab} does. */
final class JinnLabExtension
        implements BeforeAllCallback,
                AfterTestExecutionCallback,
                LifecycleMethodExecutionExceptionHandler,
                ParameterResolver {

    /** The system property that makes a missing container engine a failure. */
    static final String REQUIRED = "jinn.lab.required";

    private static final Namespace NAMESPACE = Namespace.create(JinnLabExtension.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        LabConsoles.forget();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            attachConsoles(context);
        }
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        attachConsoles(context);
        throw failure;
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        attachConsoles(context);
        throw failure;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == JinnLabContainer.class;
    }

    @Override
    public JinnLabContainer resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            String reason = "there is no container engine: start Docker or Podman, or set DOCKER_HOST";
            if (Boolean.getBoolean(REQUIRED)) {
                throw new IllegalStateException(reason);
            }
            throw new TestAbortedException(reason);
        }
        JinnLabContainer lab = new JinnLabContainer();
        // The store closes it at the end of the test.
        context.getStore(NAMESPACE).put(parameter.getIndex(), lab);
        return lab;
    }

    /** Puts the consoles into the report, as files and in the standard output, which the XML reports keep. */
    private static void attachConsoles(ExtensionContext context) {
        List<Console> consoles = LabConsoles.all();
        for (int i = 0; i < consoles.size(); i++) {
            String text = consoles.get(i).text();
            System.out.printf("---- console %d of %s ----%n%s%n----%n", i, context.getDisplayName(), text);
            context.publishFile(
                    "console-" + i + ".log", MediaType.TEXT_PLAIN_UTF_8, file -> Files.writeString(file, text));
        }
    }
}
