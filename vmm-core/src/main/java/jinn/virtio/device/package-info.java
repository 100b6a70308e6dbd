/** The virtio devices. Each serves its queues and owns nothing of the host but the interface it is given. */
package jinn.virtio.device;
