/** What is behind the virtio devices on the host: the files and descriptors that serve the interfaces they declare. */
package jinn.backend;
