/**
 * The numbers and memory shapes of {@code /dev/gzvm}, as kmod/include/uapi/linux/gzvm.h declares them.
 *
 * <p>A test compiles a C program against that header and compares every size, offset and request number with the ones
 * here. A class named {@code XxxLayout} describes one C structure; its offsets are bytes from the structure's start, its
 * integers little-endian.
 */
package jinn.uapi;
