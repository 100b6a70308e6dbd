package jinn.vm;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** How a VM ends: the first outcome or failure counts, from whichever thread. */
final class VmEnd {

    private final CompletableFuture<VmOutcome> result = new CompletableFuture<>();

    void complete(VmOutcome outcome) {
        result.complete(outcome);
    }

    /** The VMM itself failed: {@link #await} throws {@code failure}. */
    void fail(Throwable failure) {
        result.completeExceptionally(failure);
    }

    boolean isDecided() {
        return result.isDone();
    }

    /** Waits for the end, uninterruptibly. */
    VmOutcome await() {
        try {
            return result.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }
}
