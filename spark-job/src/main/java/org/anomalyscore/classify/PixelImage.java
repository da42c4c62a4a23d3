package org.anomalyscore.classify;

import java.io.Serializable;

/**
 * An image that the table {@code scores} knows.
 *
 * @param set index of its data set
 * @param rank its place in the set's random order
 */
record PixelImage(int set, long rank, String path, String imageId, double asI)
    implements Serializable {}
