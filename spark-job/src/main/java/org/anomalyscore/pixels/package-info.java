/**
 * Encoded bytes in, pixels out: decodes, converts colours and resizes as Pillow does, to the level,
 * and knows the reasons why an image is no image.
 */
package org.anomalyscore.pixels;
