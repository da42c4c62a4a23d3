package org.anomalyscore.pixels;

/** Refuses a size before anything of that size is made. */
@FunctionalInterface
interface SizeCheck {

  void accept(int width, int height) throws RejectedImageException;
}
