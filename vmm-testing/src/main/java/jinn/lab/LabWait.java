package jinn.lab;

import java.time.Duration;
import java.util.regex.Pattern;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategy;

/**
 * When a {@link JinnLabContainer} counts as started, for {@link JinnLabContainer#waitingFor}. The limit is {@link
 * LabMachine#PATIENCE} unless {@code withStartupTimeout} sets another.
 */
public final class LabWait {

    private LabWait() {}

    /** Waits for a line of the console that the regular expression matches wholly. */
    public static WaitStrategy forConsoleLine(String regex) {
        Pattern line = Pattern.compile("(?m)^(?:" + regex + ")$");
        return new ConsoleStrategy((console, limit) -> console.awaitMatch(line, limit));
    }

    /** Waits until the doorbell has rung at least so often. */
    public static WaitStrategy forDoorbell(String name, long rings) {
        return new ConsoleStrategy((console, limit) -> console.awaitDoorbell(name, rings, limit));
    }

    /** Waits until the VM is in the state or has left it. */
    public static WaitStrategy forState(VmState state) {
        return new ConsoleStrategy((console, limit) -> console.awaitState(state, limit));
    }

    private interface ConsoleWait {
        void await(Console console, Duration limit) throws InterruptedException;
    }

    private static final class ConsoleStrategy extends AbstractWaitStrategy {

        private final ConsoleWait wait;

        ConsoleStrategy(ConsoleWait wait) {
            this.wait = wait;
            startupTimeout = LabMachine.PATIENCE;
        }

        @Override
        protected void waitUntilReady() {
            if (!(waitStrategyTarget instanceof JinnLabContainer lab)) {
                throw new IllegalArgumentException(
                        "a LabWait is for a JinnLabContainer, not for " + waitStrategyTarget);
            }
            try {
                wait.await(lab.console(), startupTimeout);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while the lab machine started", e);
            }
        }
    }
}
