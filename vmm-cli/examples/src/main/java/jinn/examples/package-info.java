/** Examples of what others may add to a VM; {@code docs/extensions.md} explains them. */
package jinn.examples;
