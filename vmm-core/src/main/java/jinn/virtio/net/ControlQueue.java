package jinn.virtio.net;

import java.util.function.IntPredicate;
import jinn.error.GuestFaultException;
import jinn.virtio.queue.DescriptorChain;

/** Answers the commands of the control queue (virtio 1.2 section 5.1.6.5). There is one: how many pairs to use. */
final class ControlQueue {

    private static final int OK = 0;
    private static final int ERROR = 1;

    /** VIRTIO_NET_CTRL_MQ and VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET, as the driver writes them one after the other. */
    private static final int CLASS_MULTI_QUEUE = 4;

    private static final int COMMAND_SET_PAIRS = 0;

    /** Class, command, and the number of pairs in 16 bits. */
    private static final int SET_PAIRS_BYTES = 4;

    private final IntPredicate setPairs;
    private final byte[] command = new byte[SET_PAIRS_BYTES];
    private final byte[] answer = new byte[1];

    /**
     * Makes a queue.
     *
     * @param setPairs takes the number of pairs, and says whether it is possible
     */
    ControlQueue(IntPredicate setPairs) {
        this.setPairs = setPairs;
    }

    void serve(DescriptorChain chain) {
        if (chain.writableBytes() == 0) {
            throw new GuestFaultException("control command has no place for its answer");
        }
        answer[0] = (byte) (execute(chain) ? OK : ERROR);
        chain.write(answer, 0, answer.length);
    }

    private boolean execute(DescriptorChain chain) {
        int length = chain.read(command, 0, command.length);
        int pairs = Byte.toUnsignedInt(command[2]) | Byte.toUnsignedInt(command[3]) << Byte.SIZE;
        return length == SET_PAIRS_BYTES
                && command[0] == CLASS_MULTI_QUEUE
                && command[1] == COMMAND_SET_PAIRS
                && setPairs.test(pairs);
    }
}
