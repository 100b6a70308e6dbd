package jinn.lab;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class that boots lab machines.
 *
 * <p>A parameter of the type {@link JinnLabContainer} is a machine that has not been started, and that ends with the test.
 * When a test fails, the consoles of all machines of its class are in the test's report, whoever has started them.
 *
 * <p>Without a container engine a test with such a parameter is aborted; with the system property
 * {@value JinnLabExtension#REQUIRED} set to {@code true} it fails, for CI.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(JinnLabExtension.class)
public @interface JinnLab {}
