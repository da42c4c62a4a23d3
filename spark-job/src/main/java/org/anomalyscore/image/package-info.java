/** Finds, decodes and resizes images as Pillow does, and turns them into rows. */
package org.anomalyscore.image;
