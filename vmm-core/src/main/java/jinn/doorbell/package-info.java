/** What the user sees of doorbells: guest stores that Java code answers. */
package jinn.doorbell;
