/** The memory balloon (virtio 1.2 section 5.5): the guest gives pages back, for a while or because they are free. */
package jinn.virtio.balloon;
